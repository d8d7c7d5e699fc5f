import numpy as np
import pytest

from tests.evaluation.report.test_page import read
from tests.evaluation.test_detector_results import LEFT, MIDDLE, answer
from traffic.evaluation.detector_misses import DetectorMisses
from traffic.evaluation.detector_page import detector_page
from traffic.evaluation.detector_results import DetectorReport, detector_result
from traffic.evaluation.labelled_images import LabelledImage

pytest.importorskip("faster_coco_eval", reason="faster-coco-eval is not here: pip install 'traffic[evaluation]'")


@pytest.fixture
def page() -> str:
    """A truck called a bus, a car missed, and a peer that finds both."""
    ours = answer([(LEFT, ("truck",)), (MIDDLE, ("car",))], [(LEFT, "bus", 0.9)])
    peer = answer([(LEFT, ("truck",)), (MIDDLE, ("car",))], [(LEFT, "truck", 0.9), (MIDDLE, "car", 0.8)])
    misses = DetectorMisses(0.5, 0.3)
    misses.add(LabelledImage("far/a.png", np.full((80, 200, 3), 90, np.uint8), ours.xyxy, ours.allowed), ours)
    models = tuple(detector_result(name, [each], 0.5, 0.3) for name, each in (("ours", ours), ("peer", peer)))
    report = DetectorReport(
        data="made up", pictures=1, left_out={"person": 2}, input_size=(64, 32), iou=0.5, score=0.3, models=models
    )
    return detector_page(report, misses)


def test_the_page_tells_the_figures(page: str) -> None:
    texts = " ".join(read(page).texts)
    assert "ours on made up" in texts
    assert "1 pictures, 2 vehicles, input 64 x 32. Labels left out: 2 person." in texts
    assert "100.0" in texts
    assert "50.0" in texts


def test_the_page_shows_the_misses(page: str) -> None:
    reader = read(page)
    assert {"Missed vehicles: 1", "False detections: 0", "Wrong types: 1", "car, not seen"} <= set(reader.texts)
    assert "truck, called bus" in reader.texts
    assert [source.split(",")[0] for source in reader.sources] == ["data:image/jpeg;base64"] * 2
    assert "No detection is false at score 0.3." in reader.texts


def test_the_page_has_its_plots(page: str) -> None:
    assert read(page).tags.count("svg") == 3


def test_without_classes_there_is_no_plot_of_them() -> None:
    found = answer([(LEFT, ("car", "van", "bus", "truck", "motorcycle"))], [])
    report = DetectorReport(
        data="made up",
        pictures=1,
        left_out={},
        input_size=(64, 32),
        iou=0.5,
        score=0.3,
        models=(detector_result("ours", [found], 0.5, 0.3),),
    )
    reader = read(detector_page(report, DetectorMisses(0.5, 0.3)))
    assert reader.tags.count("svg") == 2
    assert "Types" not in reader.texts
