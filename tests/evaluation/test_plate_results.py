import numpy as np
import pytest

from traffic.evaluation.formats.plate_list import LabelledPlate
from traffic.evaluation.plate_results import JudgedPlate, PlateReport, PlateSystemResult, system_result
from traffic.evaluation.plate_systems import TextRead, place_of_box
from traffic.plates.locator import PlateCorners


def judged(
    text: str, given: str, found: str, *, iou: float = 0.8, height: float = 20, quality: str = "", sure: float = 0.9
) -> JudgedPlate:
    box = (0.0, 0.0, 100.0, height)
    place: PlateCorners | None = place_of_box(box) if iou else None
    label = LabelledPlate(box, text, quality)
    return JudgedPlate("a.jpg", label, place, iou, TextRead(given, sure), TextRead(found, sure))


@pytest.fixture
def result() -> PlateSystemResult:
    return system_result(
        "ours",
        [
            judged("AB12", "AB12", "AB12", height=20, quality="ok"),
            judged("CD34", "CD34", "CO34", height=20, quality="dirty", sure=0.5),
            judged("EF56", "EF56", "", iou=0, height=60),
            judged("GH78", "GHT8", "", iou=0.4, height=60),
        ],
        places=7,
        iou=0.5,
        models={"reader.onnx": "ab"},
    )


def test_located_read_in_the_box_and_from_end_to_end(result: PlateSystemResult) -> None:
    assert (result.located, result.mean_iou, result.places) == (0.5, 0.8, 7)
    assert (result.given.exact, result.given.character_error_rate, result.given.unread) == (0.75, 1 / 16, 0)
    assert (result.found.exact, result.found.character_error_rate, result.found.unread) == (0.25, 9 / 16, 2)


def test_by_height_and_by_the_lists_own_words(result: PlateSystemResult) -> None:
    low, high = result.by_height
    assert (low.group, low.plates, low.located, low.exact_given, low.exact_found) == ("16 to 24 px", 2, 1, 1, 0.5)
    assert (high.group, high.located, high.exact_given) == ("48 px and more", 0, 0.5)
    assert [(each.group, each.exact_found) for each in result.by_quality] == [("dirty", 0), ("ok", 1)]


def test_what_rejection_is_worth(result: PlateSystemResult) -> None:
    assert [(p.confidence, p.accepted, p.accuracy) for p in result.found.curve] == [(0.9, 0.25, 1), (0.5, 0.5, 0.5)]


@pytest.mark.parametrize(("height", "group"), [(15.9, "below 16 px"), (16, "16 to 24 px"), (48, "48 px and more")])
def test_a_plate_is_in_one_group_by_height(height: float, group: str) -> None:
    (only,) = system_result("ours", [judged("A", "A", "A", height=height)], 1, 0.5, {}).by_height
    assert only.group == group


def test_nothing_located_has_no_mean() -> None:
    assert system_result("ours", [judged("A", "A", "", iou=0)], 0, 0.5, {}).mean_iou is None


def test_a_report_is_read_back_as_it_was_written(result: PlateSystemResult) -> None:
    report = PlateReport(data="photos", photos=4, plates=4, search="both", iou=0.5, systems=(result,))
    assert PlateReport.model_validate_json(report.model_dump_json()) == report
    assert np.isfinite(report.systems[0].located)
