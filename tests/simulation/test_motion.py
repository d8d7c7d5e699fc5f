from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.simulation.motion import Course, plan_courses
from traffic.simulation.spec import TrafficSpec, builtin_spec, short_spec


def _footprints(courses: tuple[Course, ...], pts_ns: int) -> dict[int, list[tuple[float, float, float, float]]]:
    """Per lane the rectangles (x1, y1, x2, y2) in metres that vehicles stand on."""
    lanes: dict[int, list[tuple[float, float, float, float]]] = {}
    for course in courses:
        placed = course.place(pts_ns)
        if placed is not None:
            points = placed.to_world(course.design.mesh.vertices)[:, :2]
            lanes.setdefault(course.lane, []).append((*points.min(axis=0), *points.max(axis=0)))
    return lanes


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("acceleration", [0.0, 0.3])
def test_no_two_vehicles_ever_share_a_place(seed: int, acceleration: float) -> None:
    traffic = TrafficSpec(vehicles=14, speeding=2, wrong_way=1, acceleration_mps2=acceleration)
    courses = plan_courses(replace(builtin_spec(), seed=seed, traffic=traffic))
    for pts_ns in range(0, 36_000_000_000, 170_000_000):
        for rectangles in _footprints(courses, pts_ns).values():
            spans = sorted((low, high) for _, low, _, high in rectangles)
            assert all(before[1] < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("traffic", "too_fast", "wrong_way"),
    [
        pytest.param(TrafficSpec(6), 0, 0, id="all obey"),
        pytest.param(TrafficSpec(8, speeding=3), 3, 0, id="three too fast"),
        pytest.param(TrafficSpec(6, wrong_way=1), 0, 1, id="one the wrong way"),
        pytest.param(TrafficSpec(0), 0, 0, id="an empty road"),
    ],
)
def test_as_many_break_rules_as_were_asked_for(traffic: TrafficSpec, too_fast: int, wrong_way: int) -> None:
    spec = replace(builtin_spec(), traffic=traffic)
    courses = plan_courses(spec)
    assert len(courses) == traffic.vehicles
    assert sum(course.speed_mps * 3.6 > 60.0 for course in courses) == too_fast
    assert sum(course.heading != spec.lanes[course.lane].direction for course in courses) == wrong_way


def test_nobody_drives_close_to_the_limit() -> None:
    shares = np.array([course.speed_mps * 3.6 / 60.0 for course in plan_courses(builtin_spec())])
    assert not ((shares > 0.93) & (shares < 1.2)).any()


def test_everybody_crosses_the_line_and_the_whole_zone_in_time() -> None:
    spec = builtin_spec()
    for course in plan_courses(spec):
        assert course.near_y_m(course.crossing_ns) == pytest.approx(spec.line_y_m)
        ends = sorted((course.near_y_m(0), course.near_y_m(round(spec.duration_s * 1e9))))
        assert ends[0] < spec.zone_y_m[0] < spec.zone_y_m[1] < ends[1]


def test_all_types_drive_in_the_demonstration() -> None:
    courses = plan_courses(builtin_spec())
    assert {course.design.kind for course in courses} == {"car", "van", "bus", "truck", "motorcycle"}
    assert {course.heading for course in courses} == {1, -1}
    assert [course.vehicle_id for course in courses] == list(range(1, 21))


def test_a_road_that_is_too_full_is_refused_with_a_remedy() -> None:
    with pytest.raises(ConfigError, match=r"80 vehicles do not fit into 8\.0 s") as refusal:
        plan_courses(replace(short_spec(), traffic=TrafficSpec(vehicles=80)))
    assert "fewer vehicles" in str(refusal.value)
