"""The parts of a report's page: tiles, tables, matrices, plots and galleries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from operator import eq
from pathlib import Path

from traffic.evaluation.metrics.confusion import Confusion

STYLE_FILE = Path(__file__).with_name("page.css")
NOTHING = "–"
RIGHT, WRONG = "58,143,92", "209,96,61"


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a gallery: a data URI, a bold line and further lines below it."""

    source: str
    headline: str
    lines: tuple[str, ...] = ()


def percent(share: float | None) -> str:
    """A share in percent with one decimal; a dash for None."""
    return NOTHING if share is None else f"{100 * share:.1f}"


def page(title: str, subtitle: str, parts: Sequence[str]) -> str:
    """The whole HTML document.

    Args:
        title, subtitle: plain text.
        parts: what the functions below gave.
    """
    style = STYLE_FILE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{escape(title)}</h1>\n"
        f'<p class="subtitle">{escape(subtitle)}</p>\n</header>\n' + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"
    )


def section(title: str, lead: str, *parts: str) -> str:
    """A heading, a paragraph of plain text and what follows."""
    paragraph = f'<p class="lead">{escape(lead)}</p>\n' if lead else ""
    return f"<section>\n<h2>{escape(title)}</h2>\n{paragraph}" + "\n".join(parts) + "\n</section>"


def tiles(figures: Sequence[Tile]) -> str:
    """The headline figures in a row."""
    return f'<div class="tiles">{"".join(_tile(each) for each in figures)}</div>'


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text, words in its first column and figures in the others; a row of one cell is a heading."""
    body = "\n".join(_row(row, len(columns)) for row in rows)
    head = f"<tr>{_cells(columns, 'th')}</tr>"
    return f'<div class="wide"><table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def matrix(confusion: Confusion, corner: str, is_right: Callable[[str, str], bool] = eq) -> str:
    """A confusion matrix whose cells are the darker the greater their share of the row is.

    Args:
        confusion: what to show.
        corner: what rows and columns are.
        is_right: whether an answer is right for a label.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in confusion.answers)
    rows = "\n".join(
        f"<tr><th>{escape(label)}</th>{_shades([is_right(label, each) for each in confusion.answers], counts)}"
        f"<td class=sum>{sum(counts)}</td></tr>"
        for label, counts in zip(confusion.labels, confusion.counts, strict=True)
    )
    return (
        f'<div class="wide"><table class="matrix">\n<thead><tr><th class=corner>{escape(corner)}</th>{head}'
        f"<th class=sum>all</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def side_by_side(*figures: tuple[str, str]) -> str:
    """Plots beside each other, each an SVG and its caption."""
    inside = "".join(f"<figure>{svg}<figcaption>{escape(text)}</figcaption></figure>" for svg, text in figures)
    return f'<div class="plots">{inside}</div>'


def gallery(pictures: Sequence[Picture], otherwise: str) -> str:
    """Pictures with their captions, or a sentence where there are none."""
    if not pictures:
        return f'<p class="none">{escape(otherwise)}</p>'
    return f'<div class="gallery">{"".join(_picture(each) for each in pictures)}</div>'


def _tile(figure: Tile) -> str:
    note = f"<span>{escape(figure.note)}</span>" if figure.note else ""
    return f'<div class="tile"><em>{escape(figure.label)}</em><strong>{escape(figure.value)}</strong>{note}</div>'


def _picture(picture: Picture) -> str:
    lines = "".join(f"<span>{escape(line)}</span>" for line in picture.lines)
    return (
        f'<figure><img src="{escape(picture.source)}" alt="{escape(picture.headline)}" loading="lazy">'
        f"<figcaption><b>{escape(picture.headline)}</b>{lines}</figcaption></figure>"
    )


def _row(row: Sequence[str], columns: int) -> str:
    if len(row) == 1:
        return f'<tr class=group><th colspan="{columns}">{escape(row[0])}</th></tr>'
    return f"<tr>{_cells(row, 'td')}</tr>"


def _cells(row: Sequence[str], tag: str) -> str:
    return f"<{tag}>{escape(row[0])}</{tag}>" + "".join(f"<{tag} class=figure>{escape(c)}</{tag}>" for c in row[1:])


def _shades(right: Sequence[bool], counts: Sequence[int]) -> str:
    whole = max(1, sum(counts))
    return "".join(
        _shade(count, count / whole, RIGHT if good else WRONG) for good, count in zip(right, counts, strict=True)
    )


def _shade(count: int, share: float, colour: str) -> str:
    light = " light" if share > 0.75 else ""
    inside = f"{count}<small>{100 * share:.0f}%</small>" if count else ""
    return f'<td class="cell{light}" style="background:rgba({colour},{share:.2f})">{inside}</td>'
