"""The shapes of characters as strokes: the typeface of GOST R 50577 as its plates show it, and plain Latin ones.

A shape lives in the unit square, y down: `M` moves, `L` draws a line, `Q` a quadratic curve, each in absolute
coordinates of the stroke's middle.
"""

from __future__ import annotations

import re

import numpy as np

from traffic.datatypes import Float32Array

_ROUND = "M.5 0Q1 0 1 .3L1 .7Q1 1 .5 1Q0 1 0 .7L0 .3Q0 0 .5 0"
_CIRCLE = "M.5 0Q1 0 1 .5Q1 1 .5 1Q0 1 0 .5Q0 0 .5 0"
_UPPER_LOOP = "M.5 0Q.93 0 .93 .23Q.93 .46 .5 .46Q.07 .46 .07 .23Q.07 0 .5 0"
_FORK = "M0 0L.5 .5L1 0M.5 .5L.5 1"

RUSSIAN_STROKES: dict[str, str] = {
    "0": _ROUND,
    "1": "M0 .3L.85 0L.85 1",
    "2": "M0 .26Q0 0 .5 0Q1 0 1 .27Q1 .42 .75 .6L0 1L1 1",
    "3": "M.03 .2Q.1 0 .5 0Q.95 0 .95 .24Q.95 .47 .42 .47Q1 .47 1 .73Q1 1 .5 1Q.05 1 0 .78",
    "4": "M.55 0L0 .72L1 .72M.74 .45L.74 1",
    "5": "M.9 0L.15 0L.08 .45Q.25 .36 .5 .36Q1 .36 1 .68Q1 1 .5 1Q.08 1 0 .8",
    "6": "M.7 0L.12 .52Q0 .62 0 .7Q0 1 .5 1Q1 1 1 .69Q1 .4 .5 .4Q.2 .4 .06 .6",
    "7": "M0 0L1 0L.35 1",
    "8": _UPPER_LOOP + "M.5 .46Q1 .46 1 .73Q1 1 .5 1Q0 1 0 .73Q0 .46 .5 .46",
    "9": "M.3 1L.88 .48Q1 .38 1 .3Q1 0 .5 0Q0 0 0 .31Q0 .6 .5 .6Q.8 .6 .94 .4",
    "A": "M0 1L.42 0L.58 0L1 1M.17 .66L.83 .66",
    "B": "M0 0L.5 0Q.92 0 .92 .23Q.92 .46 .5 .46L0 .46M.5 .46Q1 .46 1 .73Q1 1 .5 1L0 1L0 0",
    "C": "M.98 .24Q.88 0 .55 0Q0 0 0 .5Q0 1 .55 1Q.88 1 .98 .76",
    "D": "M0 0L.45 0Q1 0 1 .35L1 .65Q1 1 .45 1L0 1L0 0",
    "E": "M1 0L0 0L0 1L1 1M0 .48L.85 .48",
    "H": "M0 0L0 1M1 0L1 1M0 .48L1 .48",
    "K": "M0 0L0 1M1 0L.03 .6M.36 .4L1 1",
    "M": "M0 1L0 0L.5 .75L1 0L1 1",
    "O": _CIRCLE,
    "P": "M0 1L0 0L.55 0Q1 0 1 .28Q1 .56 .55 .56L0 .56",
    "T": "M0 0L1 0M.5 0L.5 1",
    "X": "M0 0L1 1M1 0L0 1",
    "Y": "M0 0L.53 .62M1 0L.3 1",
}
"""The twelve letters that Cyrillic and Latin share, D of diplomatic plates, and the ten digits; Y is the letter У."""

LATIN_STROKES: dict[str, str] = RUSSIAN_STROKES | {
    "F": "M1 0L0 0L0 1M0 .48L.85 .48",
    "G": "M1 .22Q.9 0 .52 0Q0 0 0 .3L0 .7Q0 1 .52 1Q1 1 1 .7L1 .53L.55 .53",
    "I": "M.5 0L.5 1",
    "J": "M1 0L1 .7Q1 1 .5 1Q.05 1 0 .72",
    "L": "M0 0L0 1L1 1",
    "N": "M0 1L0 0L1 1L1 0",
    "Q": _ROUND + "M.6 .75L1 1",
    "R": "M0 1L0 0L.55 0Q1 0 1 .27Q1 .54 .55 .54L0 .54M.5 .54L1 1",
    "S": "M.95 .2Q.88 0 .5 0Q.05 0 .05 .25Q.05 .42 .5 .48Q1 .54 1 .75Q1 1 .5 1Q.06 1 0 .78",
    "U": "M0 0L0 .7Q0 1 .5 1Q1 1 1 .7L1 0",
    "V": "M0 0L.5 1L1 0",
    "W": "M0 0L.25 1L.5 .2L.75 1L1 0",
    "Y": _FORK,
    "Z": "M0 0L1 0L0 1L1 1",
}
"""All Latin letters beside the Russian digits."""

INDUSTRIAL_STROKES: dict[str, str] = LATIN_STROKES | {
    "1": "M.05 .22L.9 0L.9 1",
    "C": "M1 .22Q.9 0 .52 0Q0 0 0 .3L0 .7Q0 1 .52 1Q.9 1 1 .78",
    "O": _ROUND,
    "3": "M0 .2Q.06 0 .5 0Q.95 0 .95 .25Q.95 .48 .45 .48Q1 .48 1 .74Q1 1 .5 1Q.05 1 0 .8",
    "4": "M.62 0L0 .7L1 .7M.74 .42L.74 1",
    "6": "M.95 .2Q.88 0 .5 0Q0 0 0 .35L0 .7Q0 1 .5 1Q1 1 1 .7Q1 .42 .5 .42Q0 .42 0 .7",
    "9": "M.05 .8Q.12 1 .5 1Q1 1 1 .65L1 .3Q1 0 .5 0Q0 0 0 .3Q0 .58 .5 .58Q1 .58 1 .3",
    "A": "M0 1L.5 0L1 1M.17 .68L.83 .68",
    "K": "M0 0L0 1M1 0L0 .6M.32 .4L1 1",
    "M": "M0 1L0 0L.5 .6L1 0L1 1",
}
"""Close to DIN 1451, as many European plates are written."""

SQUARE_STROKES: dict[str, str] = INDUSTRIAL_STROKES | {
    "0": "M.2 0L.8 0Q1 0 1 .12L1 .88Q1 1 .8 1L.2 1Q0 1 0 .88L0 .12Q0 0 .2 0",
    "1": "M.3 .14L.62 0L.62 1",
    "3": "M0 0L.95 0L.42 .4Q1 .4 1 .7Q1 1 .5 1Q.05 1 0 .8",
    "4": "M.75 1L.75 0L0 .68L1 .68",
    "I": "M.15 0L.85 0M.5 0L.5 1M.15 1L.85 1",
    "J": "M.4 0L1 0L1 .7Q1 1 .5 1Q.05 1 0 .72",
    "O": "M.2 0L.8 0Q1 0 1 .12L1 .88Q1 1 .8 1L.2 1Q0 1 0 .88L0 .12Q0 0 .2 0",
    "Q": "M.2 0L.8 0Q1 0 1 .12L1 .88Q1 1 .8 1L.2 1Q0 1 0 .88L0 .12Q0 0 .2 0M.55 .72L1 1",
    "W": "M0 0L.22 1L.5 .35L.78 1L1 0",
}
"""Boxy letters, as American and older European plates have them."""

NARROW_STROKES: dict[str, str] = INDUSTRIAL_STROKES | {
    "1": "M.1 .2L.9 0L.9 1",
    "M": "M0 1L0 0L.5 .78L1 0L1 1",
    "O": _CIRCLE,
    "W": "M0 0L.2 1L.5 .02L.8 1L1 0",
}
"""Upright M and W with deep notches, no wider than other letters, as on Slovak and old German plates."""

POINTED_STROKES: dict[str, str] = INDUSTRIAL_STROKES | {
    "M": "M0 1L.08 0L.5 1L.92 0L1 1",
    "N": "M0 1L0 0L.95 1L1 0",
    "O": _CIRCLE,
    "V": "M0 0L.45 1L.55 1L1 0",
    "W": "M0 0L.28 1L.5 .4L.72 1L1 0",
    "Y": "M0 0L.5 .42L1 0M.5 .42L.5 1",
}
"""Leaning legs and notches down to the base line."""

FORGERY_PROOF_STROKES: dict[str, str] = INDUSTRIAL_STROKES | {
    "0": "M.72 .04Q.62 0 .5 0Q0 0 0 .3L0 .7Q0 1 .5 1Q1 1 1 .7L1 .16",
    "1": "M.12 .26L.6 0L.6 1",
    "2": "M0 .24Q.03 0 .5 0Q1 0 1 .28Q1 .45 .55 .62Q0 .8 0 1L1 1",
    "3": "M.05 0L.95 0L.5 .4Q1 .4 1 .7Q1 1 .5 1Q.05 1 0 .82",
    "4": "M.55 0L0 .66L1 .66M.78 .4L.78 1",
    "6": "M.75 0Q0 .35 0 .68Q0 1 .5 1Q1 1 1 .68Q1 .4 .5 .4Q.2 .4 .05 .55",
    "9": "M.25 1Q1 .65 1 .32Q1 0 .5 0Q0 0 0 .32Q0 .6 .5 .6Q.8 .6 .95 .45",
    "E": "M.9 0L0 0L0 1L1 1M0 .44L.7 .44",
    "F": "M1 0L0 0L0 1M0 .52L.75 .52",
    "I": "M.1 0L.6 0L.6 1M.3 1L.9 1",
    "J": "M.4 0L1 0L1 .68Q1 1 .55 1Q.2 1 0 .86",
    "M": "M0 1L0 0L.5 .55L1 0L1 1",
    "O": _CIRCLE,
    "Q": _CIRCLE + "M.5 .68L1 1",
    "R": "M0 1L0 0L.6 0Q.95 0 .95 .27Q.95 .5 .55 .5L.2 .5M.45 .5L1 1",
    "W": "M0 0L.2 1L.5 .42L.8 1L1 0",
}
"""In the manner of the German plates' face, in which no character can be painted into another."""

UPRIGHT_STROKES: dict[str, str] = INDUSTRIAL_STROKES | {
    "M": "M0 1L0 0L.5 .5L1 0L1 1",
    "W": "M0 0L.1 1L.5 .45L.9 1L1 0",
    "V": "M0 0L.5 1L1 0",
    "O": _ROUND,
    "I": "M.1 0L.9 0M.5 0L.5 1M.1 1L.9 1",
}
"""Legs all but upright, notches that end in the middle."""

DEEP_STROKES: dict[str, str] = NARROW_STROKES | {
    "M": "M0 1L.08 0L.5 .95L.92 0L1 1",
    "V": "M0 0L.42 1L.58 1L1 0",
    "W": "M0 0L.14 1L.5 0L.86 1L1 0",
    "Y": "M0 0L.5 .5L1 0M.5 .5L.5 1",
}
"""An M and a W that are each other's mirror, with notches all the way through."""

_BAR = "M.5 0L.5 1"
_SHORT_FLAG = "M.3 .13L.62 0L.62 1"


def twins(strokes: dict[str, str], *, flagged: bool) -> dict[str, str]:
    """The same characters, with O like 0 and 1 like I, or nearly: only their neighbours tell them apart."""
    return strokes | {"O": strokes["0"], "1": _SHORT_FLAG if flagged else _BAR, "I": _BAR}


WIDTHS: dict[str, float] = {
    "1": 0.62,
    "I": 0.35,
    "J": 0.85,
    "M": 1.22,
    "W": 1.3,
    "A": 1.1,
    "X": 1.1,
    "E": 0.95,
    "O": 1.12,
}
"""Width of a character as a share of its face's usual width, where it is not 1."""

_COMMAND = re.compile(r"([MLQ])([^MLQ]+)")
_CURVE_STEPS = 8


def stroke_lines(path: str) -> list[Float32Array]:
    """The polylines (n, 2) of a shape, in the unit square."""
    lines: list[list[tuple[float, float]]] = []
    for command, numbers in _COMMAND.findall(path):
        values = [float(number) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if command == "M":
            lines.append(points)
        elif command == "L":
            lines[-1] += points
        else:
            lines[-1] += _curve(lines[-1][-1], points[0], points[1])
    return [np.array(line, np.float32) for line in lines]


def _curve(
    start: tuple[float, float], control: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    shares = np.arange(1, _CURVE_STEPS + 1) / _CURVE_STEPS
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * control[0] + t * t * end[0],
            (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * control[1] + t * t * end[1],
        )
        for t in shares
    ]
