from itertools import islice
from pathlib import Path

import numpy as np

from traffic.benchmark.plates import (
    FAR_M,
    NEAR_M,
    PlateLoad,
    crowd_frames,
    film_crowd,
    plate_variants,
    time_plates,
)
from traffic.plates.reader import PlateSettings
from traffic.video.capture import probe
from traffic.video.source import FileSource

ENGINES = Path(__file__).parents[2] / "engines"


def shipped() -> PlateSettings:
    files = {"locator": ENGINES / "plate_locator.yaml", "reader": ENGINES / "plate_reader.yaml", "consensus": None}
    return PlateSettings().model_copy(update=files)


def test_variants_differ_in_the_budget_and_in_how_often_is_read() -> None:
    variants = plate_variants(shipped())
    assert variants["plates not read"].locator is None
    assert variants["as shipped"] == shipped()
    assert [each.maximum_per_second for each in variants.values()] == [60.0, 60.0, None, 60.0, None]
    assert variants["every vehicle in every frame, no budget"].minimum_interval_s == 0


def test_every_frame_is_full_of_vehicles_and_the_same_seed_gives_the_same() -> None:
    empty = next(crowd_frames(0.04, 1, 3)).astype(int)
    full = next(crowd_frames(0.04, 6, 3)).astype(int)
    again = next(crowd_frames(0.04, 6, 3))
    assert (full == again).all()
    assert (np.abs(full - empty).max(axis=2) > 30).mean() > 0.03
    assert 0 < NEAR_M < FAR_M


def test_vehicles_move() -> None:
    first, _, third = islice(crowd_frames(0.12, 3, 3), 3)
    assert (np.abs(first.astype(int) - third).max(axis=2) > 30).mean() > 0.002


def test_a_film_has_the_size_and_goes_through_the_chain_in_every_round(tmp_path: Path) -> None:
    video = tmp_path / "crowd.mp4"
    film_crowd(video, 0.48, 2)
    info = probe(FileSource(path=video))
    assert (info.width, info.height) == (1920, 1080)
    lines: list[str] = []
    variants = {"without": plate_variants(shipped())["plates not read"]}
    (load,) = time_plates(video, tmp_path, ENGINES / "vehicle_detector.yaml", variants, 2, lines.append)
    assert lines == ["round 1 of 2: without", "round 2 of 2: without"]
    assert (load.name, load.read_per_second) == ("without", 0)
    assert load.frames_per_second > 0
    assert load.cpu_ms > 0


def test_a_core_keeps_up_if_a_frame_costs_no_more_than_the_camera_gives() -> None:
    slow = PlateLoad("a", 60.0, 16.0, 40.5, 10.0, 20.0)
    assert not slow.keeps_up
    fast = PlateLoad("a", 12.0, 80.0, 40.0, 10.0, 20.0)
    assert fast.core_frames_per_second == 25
    assert fast.keeps_up
