import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")
onnxruntime = pytest.importorskip("onnxruntime", reason="the oracle needs onnxruntime: pip install 'traffic[onnx]'")

import cv2  # noqa: E402

from traffic.inference.model_card import load_model_card, sha256_of  # noqa: E402
from traffic.privacy.person_card import PersonDetectorCard  # noqa: E402
from traffic.training.person_detector.measure import PeopleFigures  # noqa: E402
from traffic.training.person_detector.release import figures, main  # noqa: E402

LARGEST_BYTES = 4_000_000


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, coco_file: Path) -> Path:
    """Released on one empty picture."""
    data, out = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("engines")
    for folder in ("images", "labels"):
        (data / "det_highway_id/train" / folder).mkdir(parents=True)
    cv2.imwrite(str(data / "det_highway_id/train/images/a.png"), np.zeros((96, 96, 3), np.uint8))
    (data / "det_highway_id/train/labels/a.txt").write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAFFIC_DATA", str(data))
        main(coco_file, out)
    return out


def test_the_card_is_the_models(released: Path) -> None:
    card = load_model_card(released / "person_detector.yaml", PersonDetectorCard)
    assert card.sha256 == sha256_of(released / card.file)
    assert (card.classes, card.licence) == (("person",), "Apache-2.0")


def test_the_model_gives_the_original_rows_of_people_at_any_batch(released: Path, coco_file: Path) -> None:
    images = np.random.default_rng(1).uniform(0, 255, (2, 3, 416, 416)).astype(np.float32)
    original = onnxruntime.InferenceSession(coco_file)
    expected = np.concatenate([original.run(None, {"images": image[None]})[0] for image in images])[..., :6]
    session = onnxruntime.InferenceSession(released / "person_detector.onnx")
    np.testing.assert_allclose(session.run(None, {"images": images})[0], expected, atol=1e-3)


def test_the_log_says_how_far_the_model_is_from_its_source(released: Path) -> None:
    first, *measured = map(json.loads, (released / "person_detector.training.jsonl").read_text().splitlines())
    assert first["largest_difference"] < 1e-3
    assert len(measured) == 3


def test_it_is_small(released: Path) -> None:
    assert (released / "person_detector.onnx").stat().st_size < LARGEST_BYTES


def test_figures_are_shares_beside_the_originals() -> None:
    people, small, area = figures(PeopleFigures(10, 9, 4, 3, 5, 0.01), PeopleFigures(10, 8, 4, 1, 5, 0.002))
    assert [(each.value, each.peer_value, each.samples) for each in (people, small, area)] == [
        (0.9, 0.8, 10),
        (0.75, 0.25, 4),
        (0.01, 0.002, 5),
    ]
