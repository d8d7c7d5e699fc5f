"""The peers on a photograph where the data has them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.classifier_evaluation import still_frame
from traffic.evaluation.formats.plate_list import read_plate_list
from traffic.evaluation.plate_peers import open_plate_peers
from traffic.evaluation.plate_systems import place_of_box
from traffic.geometry import box_iou

DATA = Path(os.environ.get("TRAFFIC_DATA", "../shared/data"))
MODELS = DATA / "plate_models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason=f"the peers' models are not here ({MODELS})")


def test_a_folder_without_the_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?s)expected a peer's model at .*yolo-v9.*--peers"):
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
