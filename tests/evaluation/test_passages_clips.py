import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from builders import frame, passage

from traffic.datatypes import PlateReading, VehicleCrop
from traffic.evaluation.passages_clips import KeptReadings, clip_config, clip_plates, read_clip
from traffic.evaluation.passages_reading import HowSeen

ENGINES = Path(__file__).parents[2] / "engines"
DATA = Path(os.environ.get("TRAFFIC_DATA", Path(__file__).parents[3] / "shared" / "data"))
CLIP = "cn_plate_camera_25f_720p.mp4"


class Reads:
    def read(self, crops: Sequence[VehicleCrop]) -> Sequence[PlateReading | None]:
        return [PlateReading("A1", (0.9, 0.9), crop.frame.pts_ns, crop.xyxy) for crop in crops]


def test_the_table_has_a_place_and_a_text_for_each_vehicle() -> None:
    plates = [plate for each in clip_plates().values() for plate in each]
    assert len(plates) >= 7
    assert all(plate.text.startswith("?") and plate.x > 0 and plate.y > 0 for plate in plates)
    assert CLIP in clip_plates()


def test_readings_are_found_again_by_the_passage_they_belong_to() -> None:
    kept, mine = KeptReadings(Reads()), passage()
    boxes = [tuple(map(float, row)) for row in mine.trajectory.xyxy]
    times = mine.trajectory.pts_ns.tolist()
    second = frame(1)
    assert second.pts_ns == times[1]
    kept.read([VehicleCrop(second, boxes[1]), VehicleCrop(second, (1.0, 2.0, 3.0, 4.0))])
    kept.read([VehicleCrop(frame(500), boxes[1])])
    assert [each.xyxy for each in kept.of(mine) if each] == [boxes[1]]


def test_shipped_settings_but_for_standing_vehicles() -> None:
    config = clip_config(ENGINES)
    assert config.plates.locator == ENGINES / "plate_locator.yaml"
    assert config.passages.minimum_travel_boxes == 0
    assert config.plates.minimum_interval_s == 0.1


@pytest.mark.skipif(not (DATA / "video" / CLIP).is_file(), reason="needs the clips of TRAFFIC_DATA")
def test_a_real_clip_goes_through_the_pipeline() -> None:
    plates = clip_plates()[CLIP]
    known = read_clip(DATA / "video" / CLIP, plates, clip_config(ENGINES), "clip")
    assert [each.text for each in known] == [plate.text for plate in plates]
    assert all(len(each.readings) >= 3 for each in known)
    assert all(each.name.startswith("clip/") for each in known)
    assert all(HowSeen.of_words(each.conditions).height_px > 10 for each in known)
