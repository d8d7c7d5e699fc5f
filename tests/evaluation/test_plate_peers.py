"""The peers' decoders by hand, and their models on a drawn picture where the data has them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.classifier_evaluation import still_frame
from traffic.evaluation.formats.plate_list import read_plate_list
from traffic.evaluation.plate_peers import (
    CCT_ALPHABET,
    LPRNET_ALPHABET,
    decode_columns,
    decode_slots,
    open_plate_peers,
)
from traffic.evaluation.plate_systems import place_of_box
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


def test_a_folder_without_the_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--peers: expected a peer's model at .*yolo-v9"):
        open_plate_peers(tmp_path)


@needs_models
def test_the_peers_find_and_read_a_photographed_plate() -> None:
    photo = read_plate_list(DATA / "plates_ru" / "plates.csv")[0]
    frame, plate = still_frame(photo.path), photo.plates[0]
    cct, lprnet = open_plate_peers(MODELS)
    places = cct.finder.find(frame)
    overlap = box_iou(np.array([plate.xyxy], np.float32), np.array([place.xyxy for place in places], np.float32))
    assert overlap.max() > 0.5
    assert lprnet.reader.read(frame.image, [place_of_box(plate.xyxy)])[0].text == plate.text
    assert cct.reader.read(frame.image, []) == []
    assert [len(peer.models) for peer in (cct, lprnet)] == [2, 2]
    assert len(cct.reader.read(frame.image, [place_of_box(plate.xyxy)])[0].text) >= 6
