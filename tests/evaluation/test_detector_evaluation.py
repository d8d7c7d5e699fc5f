from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.linear_models import write_constant_detector
from traffic.errors import ConfigError, ModelError
from traffic.evaluation.detector_evaluation import DetectorTask, candidate_of_card, evaluate_detectors, parse_peer
from traffic.evaluation.labelled_images import LabelledImage, class_mask
from traffic.evaluation.picture_sources import PictureSource
from traffic.inference.model_card import sha256_of

pytest.importorskip("faster_coco_eval", reason="faster-coco-eval is not here: pip install 'traffic[evaluation]'")

CAR = (10.0, 10.0, 40.0, 40.0)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """Sees a car in every picture."""
    return write_constant_detector(tmp_path, ["car", "bus"], [(CAR, "car", 0.8)])


def source(*labels: tuple[str, ...]) -> PictureSource:
    """A picture of 64 x 64 for each label, at the car's place."""

    def pictures() -> Iterator[LabelledImage]:
        for index, allowed in enumerate(labels):
            image = np.full((64, 64, 3), 90, np.uint8)
            yield LabelledImage(str(index), image, np.array([CAR], np.float32), class_mask([allowed]))

    return PictureSource("made up", pictures, {"person": 3})


def task(pictures: PictureSource) -> DetectorTask:
    return DetectorTask(pictures, (64, 64), 0.5, 0.3)


def test_the_model_and_its_peer_are_measured_alike(card: Path) -> None:
    seen: list[tuple[str, int]] = []
    candidates = [candidate_of_card(card), parse_peer(f"twin={card}")]
    report, misses = evaluate_detectors(
        candidates, task(source(("car",), ("bus",))), lambda name, count: seen.append((name, count))
    )

    ours, twin = report.models
    assert (ours.name, twin.name) == ("detector", "twin")
    assert ours.vehicles == twin.vehicles
    assert ours.sha256 == sha256_of(card.with_suffix(".onnx"))
    assert ours.vehicles.point.recall == 1
    assert (report.data, report.pictures, report.left_out) == ("made up", 2, {"person": 3})
    assert [miss.label for miss in misses.wrong_type.largest_first()] == ["bus"], "of the first model alone"
    assert seen == [("detector", 1), ("detector", 2), ("twin", 1), ("twin", 2)]


def test_nothing_to_find_is_no_measurement(card: Path) -> None:
    with pytest.raises(ConfigError, match="at least one labelled vehicle, found none in 1 pictures"):
        evaluate_detectors([candidate_of_card(card)], task(source(())))
    with pytest.raises(ConfigError, match="found none in 0 pictures"):
        evaluate_detectors([candidate_of_card(card)], task(source()))


@pytest.mark.parametrize("text", ["peer", "peer=", "=x.onnx", "peer=nowhere.onnx", "peer=nowhere.yaml", "peer=/"])
def test_a_peer_is_a_name_and_a_file(text: str) -> None:
    with pytest.raises(ConfigError, match="--peer: expected NAME=FILE"):
        parse_peer(text)


def test_an_altered_model_is_refused(card: Path) -> None:
    (card.parent / "detector.onnx").write_bytes(b"other")
    with pytest.raises(ModelError, match="sha256"):
        candidate_of_card(card)
