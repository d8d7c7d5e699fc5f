"""A simulated scene: frames and truth, both from the same courses through the same camera."""

from __future__ import annotations

from datetime import datetime, timezone

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.simulation.camera import Camera, Floats
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.motion import FAR_END_M, Course, plan_courses
from traffic.simulation.painter import Painter, VehicleView, view_vehicles
from traffic.simulation.spec import Lane, SceneSpec
from traffic.simulation.timing import NS_PER_TICK, frame_ticks
from traffic.simulation.truth import (
    FrameTruth,
    LaneTruth,
    Point,
    RoadPoint,
    SceneTruth,
    VehicleInFrame,
    VehicleTruth,
    ViolationName,
)

RECORDED_AT = datetime(2025, 6, 2, 9, 0, tzinfo=timezone.utc)
_LANE_NEAR_M = 3.0


class Scene:
    """Frames by index and the truth about them. Keeps the backdrop, so make one a scene and use it for all its
    frames.
    """

    def __init__(self, spec: SceneSpec) -> None:
        self.spec = spec
        self.ticks = frame_ticks(spec)
        self.courses = plan_courses(spec)
        self._painter = Painter(spec)

    def __len__(self) -> int:
        return len(self.ticks)

    def pts_ns(self, index: int) -> int:
        """Media time of a frame."""
        return self.ticks[index] * NS_PER_TICK

    def place_vehicles(self, index: int) -> tuple[PlacedVehicle, ...]:
        """The vehicles on the road in frame `index`."""
        placed = (course.place(self.pts_ns(index)) for course in self.courses)
        return tuple(vehicle for vehicle in placed if vehicle is not None)

    def render(self, index: int) -> UInt8Array:
        """Frame `index`, (h, w, 3) uint8 BGR, read-only; the same to the bit whenever it is asked for."""
        image = self._painter.paint(self.place_vehicles(index), index, self.pts_ns(index) * 1e-9)
        image.flags.writeable = False
        return image

    def truth(self) -> SceneTruth:
        """What is to be known of all frames."""
        spec, camera = self.spec, self.spec.camera
        frames = tuple(self._frame_truth(index) for index in range(len(self)))
        return SceneTruth(
            width=camera.width,
            height=camera.height,
            fps=spec.fps,
            seed=spec.seed,
            recorded_at=RECORDED_AT,
            speed_limit_kmh=spec.speed_limit_kmh,
            road_points=_road_points(spec),
            lanes=tuple(_lane_truth(place, lane, camera) for place, lane in enumerate(spec.lanes)),
            counting_line=_counting_line(spec),
            measure_zone=_outline(_rectangle(*_lane_span(spec.lanes), *spec.zone_y_m), camera),
            vehicles=tuple(_vehicle_truth(course, spec, frames) for course in self.courses),
            frames=frames,
        )

    def _frame_truth(self, index: int) -> FrameTruth:
        pts_ns = self.pts_ns(index)
        near_ends = {course.vehicle_id: course.near_y_m(pts_ns) for course in self.courses}
        views = view_vehicles(self.place_vehicles(index), self.spec.camera)
        return FrameTruth(pts_ns=pts_ns, vehicles=tuple(_in_frame(view, near_ends) for view in views))


def build_scene(spec: SceneSpec) -> Scene:
    """Plan the traffic of a scene and draw its backdrop.

    Raises:
        ConfigError: more vehicles are asked for than fit on the road in the time.
    """
    return Scene(spec)


def lane_name(place: int) -> str:
    """The name of the lane at an index: lanes are counted from the left, from 1."""
    return f"lane-{place + 1}"


def judge_course(course: Course, spec: SceneSpec) -> tuple[ViolationName, ...]:
    """The rules a vehicle breaks."""
    broken: list[ViolationName] = []
    if course.speed_mps * 3.6 > spec.speed_limit_kmh:
        broken.append("speeding")
    if course.heading != spec.lanes[course.lane].direction:
        broken.append("wrong_way")
    return tuple(broken)


def _in_frame(view: VehicleView, near_ends: dict[int, float]) -> VehicleInFrame:
    vehicle_id = view.vehicle.vehicle_id
    return VehicleInFrame(
        vehicle_id=vehicle_id,
        xyxy=view.xyxy,
        visible_fraction=view.visible_fraction,
        ground_m=(view.vehicle.x_m, near_ends[vehicle_id]),
    )


def _vehicle_truth(course: Course, spec: SceneSpec, frames: tuple[FrameTruth, ...]) -> VehicleTruth:
    seen = [
        index
        for index, frame in enumerate(frames)
        if any(v.vehicle_id == course.vehicle_id and v.visible_fraction > 0 for v in frame.vehicles)
    ]
    return VehicleTruth(
        vehicle_id=course.vehicle_id,
        vehicle_type=course.design.kind,
        body=course.design.body,
        colour=course.design.colour,
        plate=course.design.plate,
        lane=lane_name(course.lane),
        direction=course.heading,
        speed_mps=course.speed_mps,
        acceleration_mps2=course.acceleration_mps2,
        first_frame=seen[0] if seen else None,
        last_frame=seen[-1] if seen else None,
        crossing_pts_ns=course.crossing_ns,
        violations=judge_course(course, spec),
    )


def _rectangle(left: float, right: float, near: float, far: float) -> Floats:
    return np.array([[left, near], [right, near], [right, far], [left, far]])


def _lane_span(lanes: tuple[Lane, ...]) -> tuple[float, float]:
    return min(lane.x_m - lane.width_m / 2 for lane in lanes), max(lane.x_m + lane.width_m / 2 for lane in lanes)


def _road_points(spec: SceneSpec) -> tuple[RoadPoint, ...]:
    corners = _rectangle(*_lane_span(spec.lanes), *spec.zone_y_m)
    pixels = spec.camera.ground_pixels(corners)
    return tuple(
        RoadPoint(image=_point(image), metres=_point(metres)) for image, metres in zip(pixels, corners, strict=True)
    )


def _counting_line(spec: SceneSpec) -> tuple[Point, Point]:
    left, right = _lane_span(spec.lanes)
    ends = spec.camera.ground_pixels(np.array([[left, spec.line_y_m], [right, spec.line_y_m]]))
    return _point(ends[0]), _point(ends[1])


def _lane_truth(place: int, lane: Lane, camera: Camera) -> LaneTruth:
    half = lane.width_m / 2
    near = _LANE_NEAR_M if camera.to_camera(np.array([[lane.x_m, _LANE_NEAR_M, 0.0]]))[0, 2] > 1 else 8.0
    outline = _outline(_rectangle(lane.x_m - half, lane.x_m + half, near, FAR_END_M), camera)
    return LaneTruth(name=lane_name(place), polygon=outline, direction=lane.direction)


def _outline(corners: Floats, camera: Camera) -> tuple[Point, ...]:
    """A convex patch of road (4, 2) metres as a polygon in the image, cut at the frame's border."""
    frame = np.array([[0, 0], [camera.width, 0], [camera.width, camera.height], [0, camera.height]], np.float32)
    pixels = camera.ground_pixels(corners).astype(np.float32)
    _, shared = cv2.intersectConvexConvex(pixels[:, None], frame[:, None])
    return tuple(_point(point) for point in np.asarray(shared, np.float64).reshape(-1, 2))


def _point(values: Floats) -> Point:
    return float(values[0]), float(values[1])
