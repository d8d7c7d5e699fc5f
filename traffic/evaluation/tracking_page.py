"""The page of the trackers' figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from traffic.evaluation.report.page import Tile, page, percent, section, side_by_side, table, tiles
from traffic.evaluation.report.plots import Axis, Series, line_plot
from traffic.evaluation.tracking import TrackerResult
from traffic.evaluation.tracking_metrics import ALPHAS, TrackingScores

COLUMNS = ("HOTA", "DetA", "AssA", "MOTA", "IDF1", "switches", "fragmentations", "false", "missed")
WORST = 12
"""So many sequences are listed, those with the lowest HOTA."""


def tracker_page(data: str, results: Sequence[TrackerResult]) -> str:
    """The results as one HTML document.

    Args:
        data: what the sequences are called.
        results: of evaluate_trackers; the first is ours, at the rate that counts.
    """
    first = results[0]
    rates = sorted({each.fps for each in results}, reverse=True)
    return page(
        f"Trackers on {data}",
        f"{len(first.by_sequence)} sequences, {first.frames} frames, {first.scores.true_boxes} true boxes. "
        "All trackers were given the same detections.",
        [
            tiles(_headline(first.scores)),
            section("All sequences together", _LEAD, table(("tracker", *COLUMNS), _rows(results, rates))),
            section("Over the overlap that is asked for", "", side_by_side(*_overlap_plots(results, rates))),
            *([section("Over the frame rate", "", side_by_side(*_rate_plots(results)))] if len(rates) > 1 else []),
            section(f"{first.tracker}: the sequences it follows worst", "", _worst(first)),
        ],
    )


_LEAD = (
    "HOTA, DetA and AssA are means over overlaps (IoU) of .05 to .95 (Luiten et al., HOTA, arXiv:2009.07736); MOTA and "
    "IDF1 ask for an IoU of .5. Percent, then counts."
)


def _headline(scores: TrackingScores) -> list[Tile]:
    return [
        Tile("HOTA", percent(scores.hota), "% detection and association alike"),
        Tile("IDF1", percent(scores.idf1), "% identities kept"),
        Tile("MOTA", percent(scores.mota), "% of the boxes, less faults"),
        Tile("switches", str(scores.switches), f"of {scores.true_boxes} true boxes"),
    ]


def _rows(results: Sequence[TrackerResult], rates: Sequence[float]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for rate in rates:
        rows += [(f"{rate:g} frames a second",)]
        rows += [(each.tracker, *_figures(each.scores)) for each in results if each.fps == rate]
    return rows


def _figures(scores: TrackingScores) -> tuple[str, ...]:
    shares = (scores.hota, scores.detection_accuracy, scores.association_accuracy, scores.mota, scores.idf1)
    counts = (scores.switches, scores.fragmentations, scores.false_boxes, scores.misses)
    return (*map(percent, shares), *map(str, counts))


def _overlap_plots(results: Sequence[TrackerResult], rates: Sequence[float]) -> list[tuple[str, str]]:
    return [
        (
            line_plot(
                "HOTA over overlap",
                Axis("IoU asked for"),
                Axis("HOTA"),
                [
                    Series(each.tracker, np.array(ALPHAS), np.array(each.scores.hota_by_iou), is_faint=number > 0)
                    for number, each in enumerate(each for each in results if each.fps == rate)
                ],
            ),
            f"At {rate:g} frames a second.",
        )
        for rate in rates
    ]


def _rate_plots(results: Sequence[TrackerResult]) -> list[tuple[str, str]]:
    figures: list[tuple[str, Callable[[TrackingScores], float]]] = [
        ("HOTA", lambda scores: scores.hota),
        ("IDF1", lambda scores: scores.idf1),
    ]
    return [(_rate_plot(name, figure, results), f"{name} over the frame rate.") for name, figure in figures]


def _rate_plot(name: str, figure: Callable[[TrackingScores], float], results: Sequence[TrackerResult]) -> str:
    trackers = list(dict.fromkeys(each.tracker for each in results))
    series = []
    for number, tracker in enumerate(trackers):
        points = sorted((each.fps, figure(each.scores)) for each in results if each.tracker == tracker)
        x, y = np.array(points).T
        series.append(Series(tracker, x, y, is_faint=number > 0))
    return line_plot(name, Axis("frames a second", 0, max(each.fps for each in results)), Axis(name), series)


def _worst(result: TrackerResult) -> str:
    listed = sorted(result.by_sequence, key=lambda each: each[1].hota)[:WORST]
    return table(("sequence", *COLUMNS), [(name, *_figures(scores)) for name, scores in listed])
