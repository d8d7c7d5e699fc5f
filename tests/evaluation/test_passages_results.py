from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.evaluation.known_passages import SEEN, passage, plate, reading
from traffic.datatypes import Plate, PlateReading
from traffic.evaluation.passages_results import PassagesReport, Told, passages_report
from traffic.plates.recorded import KnownPassage

RIGHT, WRONG = "A123BC77", "A128BC77"


def last(readings: Sequence[PlateReading]) -> Plate | None:
    """A consensus that believes the last reading as far as it is sure."""
    if not readings:
        return None
    text, sure = readings[-1].text, readings[-1].probabilities[0]
    return plate(text, sure, RIGHT, certain=sure > 0.95)


TOLD = Told(last, 0.2, ("ru",), {"plate_reader.yaml": "0" * 64})


def report_of(*passages: KnownPassage) -> PassagesReport:
    report, judged = passages_report(passages, TOLD)
    assert len(judged) == report.overall.passages
    return report


def test_shares_are_of_the_passages_and_the_gain_is_over_the_best_single_frame() -> None:
    overall = report_of(
        passage(RIGHT, reading(WRONG, 0.97, quality=0.9), reading(RIGHT, 0.96)),
        passage(RIGHT, reading(RIGHT, 0.97, quality=0.9), reading(RIGHT, 0.9)),
        passage(RIGHT, reading(WRONG, 0.1)),
        passage(RIGHT),
    ).overall
    assert overall.passages == 4
    assert overall.by_quality == overall.by_confidence == overall.by_strength == overall.single == 0.25
    assert overall.any_frame == (1 / 4 + 2 / 4) / 4
    assert overall.consensus == 0.5
    assert overall.gain == 0.25
    assert (overall.told, overall.told_exact) == (0.5, 1.0)
    assert (overall.certain, overall.certain_exact) == (0.25, 1.0)
    assert overall.among_first == 0.75


def test_groups_are_by_daytime_speed_height_and_country() -> None:
    day = replace(SEEN, daytime="day", speed_kmh=30.0, height_px=12.0)
    report = report_of(passage(RIGHT, reading(RIGHT)), passage(RIGHT, reading(WRONG), seen=day))
    assert {(each.group, each.consensus) for each in report.by_daytime} == {("night", 1.0), ("day", 0.0)}
    assert [each.group for each in report.by_speed] == ["20 to 40 km/h", "80 to 100 km/h"]
    assert [each.group for each in report.by_daytime_and_speed] == ["day, 20 to 40 km/h", "night, 80 to 100 km/h"]
    assert [(each.group, each.consensus) for each in report.by_height] == [("10 to 15 px", 0.0), ("20 to 25 px", 1.0)]
    assert [(each.group, each.passages) for each in report.by_country] == [("ru", 2)]


def test_the_stress_passages_count_in_their_own_table_alone() -> None:
    low = replace(SEEN, height_px=10.0)
    report = report_of(
        passage(RIGHT, reading(RIGHT)),
        passage(RIGHT, reading(WRONG), seen=low, name="stress-rendered-7"),
        passage(RIGHT, reading(RIGHT), seen=replace(low, height_px=40.0), name="stress-rendered-8"),
    )
    assert report.overall.passages == 1
    assert [(each.group, each.consensus) for each in report.stress] == [("10 px", 0.0), ("40 px", 1.0)]


def test_fewer_readings_are_compared() -> None:
    strong, weak = reading(RIGHT, 0.9, quality=0.9), reading(WRONG, 0.9, quality=0.1, at=1)
    exact = {each.readings: each.exact for each in report_of(passage(RIGHT, strong, weak)).by_readings}
    assert exact[1] == 1.0
    assert exact[2] == exact[12] == 0.0


def test_real_passages_are_grouped_by_their_source() -> None:
    real = [passage(RIGHT, reading(RIGHT), name="clip a/1"), passage(RIGHT, reading(WRONG), name="clip b/1")]
    report, _ = passages_report([passage(RIGHT, reading(RIGHT))], TOLD, real)
    assert {(each.group, each.consensus) for each in report.real} == {("clip a", 1.0), ("clip b", 0.0)}


def test_calibration_is_of_what_is_on_record() -> None:
    report = report_of(passage(RIGHT, reading(RIGHT, 0.9)), passage(RIGHT, reading(WRONG, 0.1)))
    assert report.calibration.count == 1
    assert report.calibration.expected_error == pytest.approx(0.1)


def test_the_report_survives_its_json() -> None:
    report = report_of(passage(RIGHT, reading(RIGHT)))
    assert PassagesReport.model_validate_json(report.model_dump_json()) == report
