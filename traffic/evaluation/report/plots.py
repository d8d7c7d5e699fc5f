"""Line plots as SVG, drawn with nothing but text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from traffic.datatypes import Float64Array

COLOURS = ("#0b6e99", "#d1603d", "#3a8f5c", "#8a5aa8", "#b58900", "#5b6770")
"""Of the series, in turn; told apart by people with red-green blindness too."""
WIDTH, HEIGHT = 520, 340
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 46
TICKS = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """What one direction shows."""

    label: str
    low: float = 0.0
    high: float = 1.0

    def share(self, value: float) -> float:
        """Where a value lies, 0..1."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Evenly apart, both ends among them."""
        return [float(value) for value in np.linspace(self.low, self.high, TICKS + 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line.

    Attributes:
        name: for the legend; without one it is not listed there.
        x, y: (n,) each.
        is_faint: drawn dashed, as what the others are compared with.
    """

    name: str
    x: Float64Array
    y: Float64Array
    is_faint: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that is named."""

    x: float
    y: float
    label: str


def line_plot(title: str, x: Axis, y: Axis, series: Sequence[Series], marks: Sequence[Mark] = ()) -> str:
    """An SVG element with axes, a grid, the lines, a legend below and the marked points."""
    legend = _legend(series)
    height = HEIGHT + 18 * len(legend)
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">',
        *_grid(x, y),
        *(_line(each, x, y, index) for index, each in enumerate(series)),
        *(_mark(each, x, y) for each in marks),
        *legend,
        "</svg>",
    ]
    return "\n".join(parts)


def _grid(x: Axis, y: Axis) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    columns = [(_across(value, x), value) for value in x.ticks()]
    rows = [(_down(value, y), value) for value in y.ticks()]
    return [
        *(f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{bottom}"/>' for at, _ in columns),
        *(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}"/>' for at, _ in rows),
        *(
            f'<text class="tick" x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{v:.3g}</text>'
            for at, v in columns
        ),
        *(
            f'<text class="tick" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{value:.3g}</text>'
            for at, value in rows
        ),
        f'<text class="axis" x="{(LEFT + right) / 2}" y="{bottom + 36}" text-anchor="middle">{escape(x.label)}</text>',
        f'<text class="axis" transform="translate(13 {(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.label)}</text>",
    ]


def _line(series: Series, x: Axis, y: Axis, index: int) -> str:
    points = " ".join(f"{_across(a, x):.1f},{_down(b, y):.1f}" for a, b in zip(series.x, series.y, strict=True))
    return f'<polyline class="{_kind(series)}" stroke="{_colour(index)}" points="{points}"/>'


def _mark(mark: Mark, x: Axis, y: Axis) -> str:
    across, down = _across(mark.x, x), _down(mark.y, y)
    is_right = x.share(mark.x) > 0.6
    side, anchor = (-9, "end") if is_right else (9, "start")
    above = down + 16 if y.share(mark.y) > 0.9 else down - 8
    return (
        f'<circle class="mark" cx="{across:.1f}" cy="{down:.1f}" r="4.5"/>'
        f'<text class="mark" x="{across + side:.1f}" y="{above:.1f}" text-anchor="{anchor}">{escape(mark.label)}</text>'
    )


def _legend(series: Sequence[Series]) -> list[str]:
    named = [(index, each) for index, each in enumerate(series) if each.name]
    return [
        f'<line class="{_kind(each)}" stroke="{_colour(index)}" x1="{LEFT}" x2="{LEFT + 26}" y1="{at}" y2="{at}"/>'
        f'<text class="legend" x="{LEFT + 34}" y="{at + 4}">{escape(each.name)}</text>'
        for at, (index, each) in zip(range(HEIGHT + 6, HEIGHT + 6 + 18 * len(named), 18), named, strict=True)
    ]


def _kind(series: Series) -> str:
    return "series faint" if series.is_faint else "series"


def _colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]


def _across(value: float, axis: Axis) -> float:
    return LEFT + axis.share(float(value)) * (WIDTH - LEFT - RIGHT)


def _down(value: float, axis: Axis) -> float:
    return HEIGHT - BOTTOM - axis.share(float(value)) * (HEIGHT - TOP - BOTTOM)
