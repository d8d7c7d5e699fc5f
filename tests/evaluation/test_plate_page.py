from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.evaluation.report.test_page import Reader, read
from traffic.evaluation.formats.plate_list import LabelledPlate
from traffic.evaluation.plate_evaluation import PlateAnswers, plate_report
from traffic.evaluation.plate_page import plate_page
from traffic.evaluation.plate_results import JudgedPlate
from traffic.evaluation.plate_systems import TextRead, place_of_box


@pytest.fixture
def shown(tmp_path: Path) -> Reader:
    """One plate right, one read wrongly at the place found, one not found and wrong in its box."""
    photo = str(tmp_path / "a.png")
    cv2.imwrite(photo, np.full((100, 200, 3), 90, np.uint8))
    box = (20.0, 20.0, 100.0, 40.0)

    def judged(text: str, given: str, found: str) -> JudgedPlate:
        place, iou = (place_of_box(box), 1.0) if found else (None, 0.0)
        return JudgedPlate(photo, LabelledPlate(box, text, ""), place, iou, TextRead(given, 0.8), TextRead(found, 0.7))

    ours = PlateAnswers("ours", {}, (judged("AB", "AB", "AB"), judged("CD", "CD", "CO"), judged("EF", "E", "")), 4)
    peer = PlateAnswers("peer", {}, (judged("AB", "AB", "AB"), judged("CD", "CD", "CD"), judged("EF", "", "")), 4)
    return read(plate_page(plate_report("photos", "vehicles", 1, [ours, peer]), ours))


def test_the_page_tells_the_figures_of_all_systems(shown: Reader) -> None:
    assert "Plates of photos" in shown.texts
    assert "1 photos, 3 plates. Our locator looks into the vehicles that our detector finds." in shown.texts
    assert {"66.7", "33.3"} <= set(shown.texts)
    assert shown.texts.count("peer") >= 3
    assert shown.tags.count("svg") == 2


def test_the_page_shows_what_went_wrong_and_what_went_right(shown: Reader) -> None:
    headings = [
        "Read wrongly in the label's box: 1",
        "Found, but read wrongly: 1",
        "Not located: 1",
        "Right from end to end: 1",
    ]
    assert [text for text in shown.texts if text in headings] == headings
    assert len(shown.sources) == 4
    assert {"is CD", "is EF"} <= set(shown.texts)
