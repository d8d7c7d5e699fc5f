"""The page of a plate system's figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from traffic.evaluation.metrics.texts import accepted_at, edit_distance
from traffic.evaluation.picture_file import read_picture
from traffic.evaluation.plate_evaluation import PlateAnswers
from traffic.evaluation.plate_results import GroupResult, JudgedPlate, PlateReport, PlateSystemResult, ReadingResult
from traffic.evaluation.plate_systems import TextRead
from traffic.evaluation.report.page import Picture, Tile, gallery, page, percent, section, side_by_side, table, tiles
from traffic.evaluation.report.pictures import ANSWER, TRUTH, Outline, cut_out, data_uri
from traffic.evaluation.report.plots import Axis, Series, line_plot

SHOWN, SHOWN_RIGHT = 24, 12
CERTAIN = 0.99
WHERE = {
    "vehicles": "Our locator looks into the vehicles that our detector finds.",
    "picture": "Our locator looks at the photo as a whole.",
    "both": "Our locator looks into the vehicles that our detector finds, and at the photo as a whole.",
}
Mode = Callable[[PlateSystemResult], ReadingResult]


def plate_page(report: PlateReport, ours: PlateAnswers) -> str:
    """The report as one HTML document, with the plates that we did not find or read wrongly."""
    first = report.systems[0]
    return page(
        f"Plates of {report.data}",
        f"{report.photos} photos, {report.plates} plates. {WHERE.get(report.search, '')}",
        [
            tiles(_headline(first)),
            _systems_section(report),
            _curve_section(report),
            _groups_section(report),
            _wrong_section("Read wrongly in the label's box", ours.judged, _given),
            _wrong_section("Found, but read wrongly", [each for each in ours.judged if each.place], _found),
            _unfound_section(ours.judged, report.iou),
            _right_section(ours.judged),
        ],
    )


def _headline(first: PlateSystemResult) -> list[Tile]:
    return [
        Tile("located", percent(first.located), "% of the plates, IoU at least .5"),
        Tile("exact, label's box", percent(first.given.exact), "% read without fault"),
        Tile("exact, end to end", percent(first.found.exact), "% found and read without fault"),
        Tile("character errors", percent(first.given.character_error_rate), "%, in the label's box"),
    ]


def _systems_section(report: PlateReport) -> str:
    columns = ("system", "located", "mean IoU", "places", *("exact", "character errors", "unread", f"at {CERTAIN:.0%}"))
    rows: list[tuple[str, ...]] = [("in the label's box",)]
    rows += [(each.name, "", "", "", *_reading(each.given)) for each in report.systems]
    rows += [("from end to end",)]
    rows += [(each.name, *_located(each), *_reading(each.found)) for each in report.systems]
    lead = (
        f"Percent of the plates. Located: a place with an IoU of at least {report.iou:g}. Places: all that were found, "
        f"on unlabelled plates too. At {CERTAIN:.0%}: the share that is accepted when the rest is rejected so that "
        f"{CERTAIN:.0%} of what is accepted is exact. Character errors count a plate that was not read whole."
    )
    return section("Found and read", lead, table(columns, rows))


def _located(result: PlateSystemResult) -> list[str]:
    return [percent(result.located), "–" if result.mean_iou is None else f"{result.mean_iou:.2f}", str(result.places)]


def _reading(result: ReadingResult) -> list[str]:
    point = accepted_at(result.curve, CERTAIN)
    accepted = percent(point.accepted if point else 0.0)
    return [percent(result.exact), percent(result.character_error_rate), str(result.unread), accepted]


def _curve_section(report: PlateReport) -> str:
    lead = (
        "Readings are accepted from the most confident one on: how many are accepted, and how many of those are exact."
    )
    return section(
        "Accuracy of what is accepted",
        lead,
        side_by_side(
            (_curve_plot(report, lambda each: each.given), "In the label's box."),
            (_curve_plot(report, lambda each: each.found), "From end to end."),
        ),
    )


def _curve_plot(report: PlateReport, mode: Mode) -> str:
    series = [
        Series(
            each.name,
            np.array([point.accepted for point in mode(each).curve]),
            np.array([point.accuracy for point in mode(each).curve]),
            is_faint=index > 0,
        )
        for index, each in enumerate(report.systems)
    ]
    lowest = min((float(each.y.min()) for each in series if len(each.y)), default=0.0)
    low = 0.5 if lowest >= 0.5 else 0.0
    return line_plot("accuracy over accepted", Axis("accepted, share of all"), Axis("exact", low), series)


def _groups_section(report: PlateReport) -> str:
    columns = ("plates whose box is", "plates", "located %", "exact, label's box %", "exact, end to end %")
    rows: list[tuple[str, ...]] = []
    for each in report.systems:
        rows += [(each.name,), *map(_group, each.by_height), *map(_group, each.by_quality)]
    return section("By height and quality", "", table(columns, rows))


def _group(group: GroupResult) -> tuple[str, ...]:
    shares = (group.located, group.exact_given, group.exact_found)
    return (group.group, str(group.plates), *map(percent, shares))


def _given(judged: JudgedPlate) -> TextRead:
    return judged.given


def _found(judged: JudgedPlate) -> TextRead:
    return judged.found


def _wrong_section(title: str, judged: Sequence[JudgedPlate], read: Callable[[JudgedPlate], TextRead]) -> str:
    wrong = [each for each in judged if read(each).text != each.plate.text]
    worst = sorted(wrong, key=lambda each: -read(each).confidence)[:SHOWN]
    pictures = [_picture(each, _shown(read(each)), _about(each, read(each))) for each in worst]
    return section(f"{title}: {len(wrong)}", "Most confident first." if worst else "", gallery(pictures, "None."))


def _unfound_section(judged: Sequence[JudgedPlate], iou: float) -> str:
    missed = sorted((each for each in judged if each.iou < iou), key=lambda each: -each.height_px)
    pictures = [_picture(each, each.plate.text, (_size(each), f"IoU {each.iou:.2f}"), 2.0) for each in missed[:SHOWN]]
    lead = "Largest first. Green is the label, red the place that was found." if missed else ""
    return section(f"Not located: {len(missed)}", lead, gallery(pictures, "All plates are located."))


def _right_section(judged: Sequence[JudgedPlate]) -> str:
    right = sorted((each for each in judged if each.found.text == each.plate.text), key=_confidence)
    pictures = [_picture(each, each.found.text, _about(each, each.found)) for each in right[:SHOWN_RIGHT]]
    lead = "The least confident first." if right else ""
    return section(f"Right from end to end: {len(right)}", lead, gallery(pictures, "None."))


def _confidence(judged: JudgedPlate) -> float:
    return judged.found.confidence


def _picture(judged: JudgedPlate, headline: str, lines: tuple[str, ...], context: float = 0.35) -> Picture:
    outlines = [Outline.of_box(judged.plate.xyxy, TRUTH)]
    if judged.place is not None:
        outlines.append(Outline(judged.place.corners, ANSWER))
    shown = cut_out(read_picture(Path(judged.photo)), judged.plate.xyxy, outlines, context=context, size=(320, 150))
    return Picture(data_uri(shown), headline, (*lines, Path(judged.photo).name))


def _shown(read: TextRead) -> str:
    return read.text or "nothing read"


def _about(judged: JudgedPlate, read: TextRead) -> tuple[str, ...]:
    edits = edit_distance(read.text, judged.plate.text)
    is_text = (f"is {judged.plate.text}",) if edits else ()
    return (*is_text, f"confidence {read.confidence:.2f}, {_size(judged)}")


def _size(judged: JudgedPlate) -> str:
    x1, y1, x2, y2 = judged.plate.xyxy
    return f"{x2 - x1:.0f} x {y2 - y1:.0f} pixels"
