from __future__ import annotations

import numpy as np
import pytest

from traffic.simulation.intersection import SCRIPTED, busy_intersection, film_intersection, frame_times


def _hidden_seconds(story: str, fps: float = 10.0) -> dict[int, float]:
    scene = SCRIPTED[story]()
    hidden: dict[int, float] = {}
    for frame in film_intersection(scene, frame_times(fps, scene.duration_s), 0):
        for vehicle, visible in zip(frame.sight.ids.tolist(), frame.sight.visible, strict=True):
            hidden[vehicle] = hidden.get(vehicle, 0.0) + (visible < 0.05) / fps
    return hidden


@pytest.mark.parametrize(
    ("story", "vehicle", "seconds"),
    [
        ("two cars pass behind a parked lorry", 1, 2.0),
        ("2 s unseen on a straight road, away and toward", 1, 2.0),
        ("2 s unseen on a straight road, away and toward", 2, 2.0),
        ("a lorry overtakes two cars and hides them", 2, 1.8),
        ("left turns from four arms", 1, 0.0),
    ],
)
def test_a_vehicle_is_hidden_as_long_as_the_story_says(story, vehicle, seconds):
    assert _hidden_seconds(story)[vehicle] == pytest.approx(seconds, abs=0.35)


def test_the_queue_stands_still_for_a_minute():
    scene = SCRIPTED["60 s at a light while others cross"]()
    for actor in scene.actors[:5]:
        assert actor.schedule.at(6.5) == pytest.approx(actor.schedule.at(65.5), abs=0.1)


def test_a_turn_round_comes_back_the_way_it_came():
    points = SCRIPTED["two vehicles turn round"]().actors[0].route.points
    assert np.linalg.norm(points[0] - points[-1]) < 6


def test_the_same_film_comes_out_twice_at_any_rate_of_the_same_world():
    scene = busy_intersection(2, 4.0)
    first, again = (list(film_intersection(scene, frame_times(5, 4.0), 1)) for _ in range(2))
    assert [f.detections.xyxy.tolist() for f in first] == [f.detections.xyxy.tolist() for f in again]
    denser = list(film_intersection(scene, frame_times(10, 4.0), 1))
    assert first[6].pts_ns == denser[12].pts_ns
    np.testing.assert_array_equal(first[6].sight.xyxy, denser[12].sight.xyxy)
