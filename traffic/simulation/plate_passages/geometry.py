"""Where the camera looks and the vehicle drives, and the part of the frame that is worth drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traffic.simulation.camera import Camera, Floats
from traffic.simulation.fleet import PlacedVehicle, VehicleDesign
from traffic.simulation.plate_passages.conditions import Conditions

WIDTH_PX, HEIGHT_PX = 1920, 1080
FPS = 25
INTERVAL = 3
"""Frames from one reading of a vehicle to the next: .12 s, as a run keeps .1 s between them."""
PLATE_MM = 112.0
FARTHEST = 0.5
"""The plate is followed from where it is this share of its greatest height; or from where it comes into the frame."""
TRAVEL_PX = 700.0
"""Pixels that a plate may move up or down within the frame's height, with room for its vehicle."""
MARGIN = 0.15
"""Of the vehicle's size is drawn around it on each side."""
GRID_PX = 16
"""Cutouts begin and end on the compression's blocks."""


@dataclass(frozen=True)
class CutoutCamera(Camera):
    """A part of another camera's picture: `left` and `top` are its corner there, `principal` the whole one's centre."""

    left: int = 0
    top: int = 0
    principal: tuple[float, float] = (0.0, 0.0)

    def to_pixels(self, in_camera: Floats) -> Floats:
        """See Camera.to_pixels; in the part's pixels."""
        scale = self.focal_px / in_camera[:, 2:3]
        offset = np.array([self.principal[0] - self.left, self.principal[1] - self.top])
        pixels: Floats = in_camera[:, :2] * scale + offset
        return pixels


def watching_camera(conditions: Conditions) -> Camera:
    """The camera of a passage, 1920x1080: its focal length makes the plate as large as the conditions say, and it
    looks at the middle of the way on which the plate is followed. The vehicle's lane is at x = 0.
    """
    aside, high = conditions.camera_x_m, conditions.camera_height_m
    near = np.sqrt(conditions.nearest_m**2 + aside**2 + (high - 0.5) ** 2)
    focal = conditions.plate_height_px * near / (PLATE_MM / 1000)
    low, far = way(conditions)
    middle = 2 * low * far / (low + far)
    pitch = float(np.arctan2(high - 0.7, middle))
    return Camera(WIDTH_PX, HEIGHT_PX, float(focal), high, pitch, float(np.arctan2(-aside, middle)), aside)


def way(conditions: Conditions) -> tuple[float, float]:
    """Nearest and farthest distance of the plate along the road, metres."""
    scale = conditions.plate_height_px / (PLATE_MM / 1000)
    inside = 1 - TRAVEL_PX / (scale * (conditions.camera_height_m - 0.5))
    return conditions.nearest_m, conditions.nearest_m / max(inside, FARTHEST)


def frame_numbers(conditions: Conditions, maximum: int) -> list[int]:
    """The numbers of the frames to be drawn, at 25 a second from the passage's beginning: every INTERVAL-th in which
    the plate is on its way, or `maximum` of those evenly apart.
    """
    near, far = way(conditions)
    last = int((far - near) / conditions.speed_mps * FPS / INTERVAL)
    chosen = np.linspace(0, last, min(maximum, last + 1))
    return [INTERVAL * round(number) for number in chosen.tolist()]


def placed(design: VehicleDesign, plate: Floats, conditions: Conditions, number: int) -> PlacedVehicle:
    """The vehicle in frame `number`; its plate, (4, 3) in its own axes, goes from one end of the way to the other."""
    near, far = way(conditions)
    gone = conditions.speed_mps * number / FPS
    plate_y = near + gone if conditions.heading > 0 else far - gone
    return PlacedVehicle(1, design, 0.0, plate_y - conditions.heading * float(plate[:, 1].mean()), conditions.heading)


def cutout(camera: Camera, xyxy: Floats) -> CutoutCamera | None:
    """The part of the frame around a box (4,) with its margin; None where less than a block of it is inside."""
    size = xyxy[2:] - xyxy[:2]
    frame = np.array([camera.width, camera.height])
    low = np.clip(np.floor((xyxy[:2] - MARGIN * size) / GRID_PX) * GRID_PX, 0, frame).astype(int)
    high = np.clip(np.ceil((xyxy[2:] + MARGIN * size) / GRID_PX) * GRID_PX, 0, frame).astype(int)
    width, height = (high - low).tolist()
    if min(width, height) < GRID_PX:
        return None
    return CutoutCamera(
        width,
        height,
        camera.focal_px,
        camera.height_m,
        camera.pitch_rad,
        camera.yaw_rad,
        camera.x_m,
        left=int(low[0]),
        top=int(low[1]),
        principal=(camera.width / 2, camera.height / 2),
    )


def without_plates(design: VehicleDesign) -> VehicleDesign:
    """The same vehicle with nothing where its plates hang."""
    return replace(design, mesh=replace(design.mesh, plates=()))


def hung_plate(design: VehicleDesign, size_m: tuple[float, float], conditions: Conditions) -> Floats:
    """The corners (4, 3) of a plate of this size where the vehicle's own hangs, in the vehicle's axes; turned a
    little in its plane.
    """
    old = _seen_plate(design, conditions.heading)
    right, down = old[1] - old[0], old[3] - old[0]
    right, down = right / np.linalg.norm(right), down / np.linalg.norm(down)
    turn = np.deg2rad(conditions.askew_deg)
    across, below = np.cos(turn) * right + np.sin(turn) * down, np.cos(turn) * down - np.sin(turn) * right
    half_x, half_y = size_m[0] / 2, size_m[1] / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners: Floats = old.mean(axis=0) + signs[:, :1] * half_x * across + signs[:, 1:] * half_y * below
    return corners


def _seen_plate(design: VehicleDesign, heading: int) -> Floats:
    """The plate (4, 3) at the end that faces the camera: it reads rightwards from there."""
    ends = [plate for plate in design.mesh.plates if (plate[1, 0] - plate[0, 0]) * heading > 0]
    return max(ends, key=lambda plate: -heading * float(plate[:, 1].mean()))
