"""The page of a consensus' figures."""

from __future__ import annotations

from collections.abc import Sequence

from traffic.evaluation.passages_judged import JudgedPassage
from traffic.evaluation.passages_plot import reliability_plot
from traffic.evaluation.passages_results import PassageGroup, PassagesReport
from traffic.evaluation.report.page import Tile, page, percent, section, side_by_side, table, tiles

COLUMNS = (
    "passages",
    "any frame",
    "frame by quality",
    "frame by confidence",
    "frame by both",
    "with grammar",
    "consensus",
    "gain",
    "on record",
    "exact of those",
    "certain",
    "exact of the certain",
    "in the first three",
)
SHOWN = 60
LEAD = (
    "Percent of the passages read without fault. Single frames: any one, the one whose plate could be seen best, the "
    "one of which the reader was surest, the best by both, and that one with the grammar. Gain: of the consensus over "
    "the best single frame."
)


def passages_page(report: PassagesReport, judged: Sequence[JudgedPassage]) -> str:
    """The report as one HTML document, with the passages that were told wrongly."""
    overall = report.overall
    return page(
        "Plates of passages",
        f"{overall.passages} rendered passages, {report.mean_readings:.1f} readings each; grammars of "
        f"{', '.join(report.countries)}; from probability {report.minimum_probability:g} on a plate is put on record.",
        [
            tiles(_headline(report)),
            _groups("All, by day and night, by speed", LEAD, (overall, *report.by_daytime, *report.by_speed)),
            _groups("Day and night by speed", "", report.by_daytime_and_speed),
            _calibration(report),
            _groups("By the plate's greatest height", "", report.by_height),
            _groups("Stress: passages of one height each", "", report.stress),
            _groups("By country", "", report.by_country),
            _readings(report),
            _groups("Clips, scenes and photos", "", report.real),
            _wrong("Certain, but wrong", [each for each in judged if each.is_certain and not each.is_exact]),
            _wrong("On record, but wrong", [each for each in judged if each.is_told and not each.is_exact]),
        ],
    )


def group_row(group: PassageGroup) -> tuple[str, ...]:
    """A group's figures as text, in the order of COLUMNS after its name."""
    shares = (group.any_frame, group.by_quality, group.by_confidence, group.by_strength, group.alone, group.consensus)
    rest = (group.told, group.told_exact, group.certain, group.certain_exact, group.among_first)
    gain = f"{100 * group.gain:+.1f}"
    return (group.group, str(group.passages), *map(percent, shares), gain, *map(percent, rest))


def _headline(report: PassagesReport) -> list[Tile]:
    overall, error = report.overall, report.calibration.expected_error
    return [
        Tile("best single frame", percent(overall.single), "% exact"),
        Tile("consensus", percent(overall.consensus), f"% exact, {100 * overall.gain:+.1f} points"),
        Tile("calibration error", "–" if error is None else f"{error:.3f}", "of the probabilities, 15 bins"),
        Tile("rejected", percent(1 - overall.told), "% have no plate on record"),
        Tile("certain", percent(overall.certain), f"%, {percent(overall.certain_exact)} % of those exact"),
    ]


def _groups(title: str, lead: str, groups: Sequence[PassageGroup]) -> str:
    if not groups:
        return section(title, "Not measured in this run.")
    return section(title, lead, table(("passages of", *COLUMNS), [group_row(each) for each in groups]))


def _calibration(report: PassagesReport) -> str:
    measured = report.calibration
    lead = "Plates on record in 15 bins of their probability: of those called 0.9, nine of ten should be right."
    rows = [
        (f"{each.low:.2f} to {each.high:.2f}", str(each.count), f"{each.probability:.3f}", f"{each.accuracy:.3f}")
        for each in measured.bins
    ]
    columns = ("probability", "passages", "told", "right")
    plot = side_by_side((reliability_plot(measured), "Share that is right over told probability."))
    return section("Reliability", lead, plot, table(columns, rows))


def _readings(report: PassagesReport) -> str:
    lead = "The consensus of no more than so many readings, evenly over the passage, the best one among them."
    rows = [(str(each.readings), percent(each.exact), percent(each.told_exact)) for each in report.by_readings]
    return section("By the number of readings", lead, table(("at most", "exact %", "exact of those on record %"), rows))


def _wrong(title: str, judged: Sequence[JudgedPassage]) -> str:
    worst = sorted(judged, key=lambda each: -(each.plate.probability if each.plate else 0.0))[:SHOWN]
    rows = [
        (
            each.passage.name,
            each.passage.text,
            each.text,
            f"{each.plate.probability:.3f}" if each.plate else "",
            ", ".join(f"{reading.text}" for reading in each.passage.readings),
            each.passage.conditions,
        )
        for each in worst
    ]
    lead = "The most probable first." if rows else "None."
    columns = ("passage", "is", "told", "probability", "read", "seen")
    return section(f"{title}: {len(judged)}", lead, *([table(columns, rows)] if rows else []))
