"""The peers' decoders by hand, and their models on photographs where the data has them."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError
from traffic.evaluation.formats.plate_list import read_plate_list
from traffic.evaluation.peer_models import (
    CCT_ALPHABET,
    CCT_V1_FILE,
    CCT_V2_FILE,
    LPRNET_ALPHABET,
    LPRNET_FILE,
    YOLO_FILE,
    CctReader,
    LprnetReader,
    YoloPlates,
    decode_columns,
    decode_slots,
    open_session,
)
from traffic.geometry import box_iou

DATA = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))
MODELS = DATA / "plate_models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason=f"the peers' models are not here ({MODELS})")


def columns(alphabet: str, text: str, probability: float) -> np.ndarray:
    """(len(text), symbols): each character with this probability, the rest even."""
    shares = np.full((len(text), len(alphabet)), (1 - probability) / (len(alphabet) - 1), np.float32)
    for row, character in enumerate(text):
        shares[row, alphabet.index(character)] = probability
    return shares


@pytest.mark.parametrize(
    ("slots", "text", "characters"), [("AB12______", "AB12", 4), ("__________", "", 0), ("A_B_______", "AB", 2)]
)
def test_slots_without_a_character_are_skipped(slots: str, text: str, characters: int) -> None:
    read = decode_slots(columns(CCT_ALPHABET, slots, 0.8))
    assert (read.text, read.confidence) == (text, pytest.approx(0.8**characters if characters else 0))


@pytest.mark.parametrize(
    ("written", "text"),
    [("A-1-2-3", "A123"), ("AA11-1-", "A11"), ("-------", ""), ("A", "A"), ("7-77--7", "777")],
)
def test_repeated_columns_are_one_character_and_a_blank_parts_two(written: str, text: str) -> None:
    logits = np.log(columns(LPRNET_ALPHABET, written, 0.9)).T + 5
    read = decode_columns(logits)
    assert (read.text, read.confidence) == (text, pytest.approx(0.9 ** len(text) if text else 0, rel=1e-4))


def photographs(table: str, count: int) -> list[tuple[UInt8Array, tuple[float, ...], str]]:
    """Photographs with the box and the text of their first plate."""
    photos = read_plate_list(DATA / table)[:count]
    return [(cv2.imread(str(photo.path)), photo.plates[0].xyxy, photo.plates[0].text or "") for photo in photos]


@needs_models
def test_the_detectors_best_boxes_lie_where_people_drew_them() -> None:
    detector = YoloPlates(open_session(MODELS / YOLO_FILE, threads=1))
    for image, xyxy, _ in photographs("plates_openalpr/br.csv", 6):
        found = detector.find(image)
        assert (np.diff(found.scores) <= 0).all()
        assert box_iou(found.xyxy[:1], np.array([xyxy], np.float32))[0, 0] > 0.5


@needs_models
def test_a_plain_picture_has_no_plate_of_any_score_to_speak_of() -> None:
    found = YoloPlates(open_session(MODELS / YOLO_FILE)).find(np.full((60, 200, 3), 120, np.uint8))
    assert found.scores.max(initial=0) < 0.2


@needs_models
@pytest.mark.parametrize(
    ("file", "kind", "least"),
    [(CCT_V1_FILE, CctReader, 2), (CCT_V2_FILE, CctReader, 4), (LPRNET_FILE, LprnetReader, 7)],
)
def test_the_readers_read_most_cut_plates_and_none_of_none(
    file: str, kind: type[CctReader] | type[LprnetReader], least: int
) -> None:
    reader = kind(open_session(MODELS / file, threads=1))
    photos = photographs("plates_ru/plates.csv", 8)
    cuts = [image[int(y1) : int(y2), int(x1) : int(x2)] for image, (x1, y1, x2, y2), _ in photos]
    read = reader.read(cuts)
    assert sum(one.text == text for one, (_, _, text) in zip(read, photos, strict=True)) >= least
    assert all(0 <= one.confidence <= 1 for one in read)
    assert reader.read([]) == []


def test_where_a_model_is_not_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?s)expected a peer's model at .*nowhere\.onnx.*TRAFFIC_DATA"):
        open_session(tmp_path / "nowhere.onnx")
