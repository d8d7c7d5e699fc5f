"""Vehicles drawn into a frame: back faces dropped, the rest painted from far to near in a supersampled patch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from traffic.datatypes import UInt8Array
from traffic.simulation.camera import NEAR_M, Camera, clip_near
from traffic.simulation.drawing import SHIFT, fixed_point
from traffic.simulation.fleet import PlacedVehicle
from traffic.simulation.mesh import Floats
from traffic.simulation.palette import Light
from traffic.simulation.plates import paste_plate
from traffic.simulation.shading import shade

_PLATE_LIGHT = 0.92


@dataclass(frozen=True)
class Window:
    """A patch of the frame, pixels (right and bottom exclusive), drawn with `scale` times as many pixels a side."""

    left: int
    top: int
    right: int
    bottom: int
    scale: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in frame pixels."""
        return self.right - self.left, self.bottom - self.top

    def local(self, pixels: Floats) -> Floats:
        """Frame pixels (n, 2) as pixels of the patch."""
        moved: Floats = (pixels - np.array([self.left, self.top])) * self.scale
        return moved


def projected_bounds(vehicle: PlacedVehicle, camera: Camera) -> tuple[float, float, float, float] | None:
    """Tight bounds (x1, y1, x2, y2) of the projected mesh, not clipped to the frame; None if it is all behind the
    camera.
    """
    outline = projected_points(vehicle, camera)
    if len(outline) == 0:
        return None
    low, high = outline.min(axis=0), outline.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def projected_points(vehicle: PlacedVehicle, camera: Camera) -> Floats:
    """Pixels (n, 2) of all corners of the mesh, clipped at the near plane."""
    mesh = vehicle.design.mesh
    in_camera = camera.to_camera(vehicle.to_world(mesh.vertices))
    if in_camera[:, 2].min() >= NEAR_M:
        return camera.to_pixels(in_camera)
    if in_camera[:, 2].max() < NEAR_M:
        return np.zeros((0, 2))
    return camera.to_pixels(np.concatenate([clip_near(in_camera[loop]) for loop in mesh.loops]))


def draw_vehicle(image: UInt8Array, vehicle: PlacedVehicle, camera: Camera, light: Light) -> None:
    """Paint one vehicle into `image` (h, w, 3) in place."""
    window = _window(projected_points(vehicle, camera), camera)
    if window is None:
        return
    patch: UInt8Array = np.zeros((window.size[1] * window.scale, window.size[0] * window.scale, 4), np.uint8)
    _paint_faces(patch, window, vehicle, camera, light)
    _paint_plates(patch, window, vehicle, camera, light)
    small = np.asarray(cv2.resize(patch, window.size, interpolation=cv2.INTER_AREA), np.uint8)
    region = image[window.top : window.bottom, window.left : window.right]
    _blend(region, small)


def _window(points: Floats, camera: Camera) -> Window | None:
    if len(points) == 0:
        return None
    low = np.clip(np.floor(points.min(axis=0)) - 1, 0, [camera.width, camera.height]).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)) + 1, 0, [camera.width, camera.height]).astype(int)
    width, height = high - low
    if min(width, height) < 2:
        return None
    scale = 4 if max(width, height) < 160 else 3 if max(width, height) < 320 else 2
    return Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]), scale)


def _paint_faces(patch: UInt8Array, window: Window, vehicle: PlacedVehicle, camera: Camera, light: Light) -> None:
    mesh = vehicle.design.mesh
    normals = mesh.normals * np.array([vehicle.heading, vehicle.heading, 1.0])
    to_camera = camera.position - vehicle.to_world(mesh.centres)
    visible = np.flatnonzero((normals * to_camera).sum(axis=1) > 0)
    colours = shade(mesh, normals, light, float(np.linalg.norm(to_camera, axis=1).mean()))
    in_camera = camera.to_camera(vehicle.to_world(mesh.vertices))
    near = in_camera[:, 2].min() < NEAR_M
    fixed = np.zeros((0, 2), np.int32) if near else _fixed(camera.to_pixels(in_camera), window)
    order = _far_to_near(mesh.sections[visible], np.linalg.norm(to_camera[visible], axis=1))
    for face in visible[order]:
        points = _clipped(in_camera[mesh.loops[face]], camera, window) if near else fixed[mesh.loops[face]]
        if len(points) >= 3:
            cv2.fillConvexPoly(patch, points, (*colours[face].tolist(), 255.0), cv2.LINE_8, SHIFT)


def _fixed(pixels: Floats, window: Window) -> npt.NDArray[np.int32]:
    """Frame pixels (n, 2) as OpenCV points of the patch."""
    return fixed_point(window.local(pixels))


def _clipped(polygon: Floats, camera: Camera, window: Window) -> npt.NDArray[np.int32]:
    return _fixed(camera.to_pixels(clip_near(polygon)), window)


def _far_to_near(sections: npt.NDArray[np.int64], distances: Floats) -> npt.NDArray[np.intp]:
    """Order of faces: sections by the mean distance of their visible faces, within one as the mesh lists them."""
    counts = np.maximum(np.bincount(sections), 1)
    means = np.bincount(sections, weights=distances) / counts
    return np.argsort(-means[sections], kind="stable")


def _paint_plates(patch: UInt8Array, window: Window, vehicle: PlacedVehicle, camera: Camera, light: Light) -> None:
    brightness = min(1.05, _PLATE_LIGHT * (light.ambient + light.sun_strength * 0.6 + 0.2 * light.lamps))
    for plate in vehicle.design.mesh.plates:
        corners = camera.to_camera(vehicle.to_world(plate))
        pixels = camera.to_pixels(corners) if corners[:, 2].min() >= NEAR_M else np.zeros((0, 2))
        if len(pixels) and _reads_clockwise(pixels):
            paste_plate(patch, vehicle.design.plate_picture, window.local(pixels), brightness)


def _reads_clockwise(quad: Floats) -> bool:
    first, second = quad[1] - quad[0], quad[2] - quad[1]
    return bool(first[0] * second[1] - first[1] * second[0] > 0)


def _blend(region: UInt8Array, patch: UInt8Array) -> None:
    """Lay a patch whose colours are already multiplied by its alpha (h, w, 4) over a region (h, w, 3)."""
    rest = cv2.cvtColor(255 - patch[:, :, 3], cv2.COLOR_GRAY2BGR)
    cv2.add(cv2.multiply(region, rest, scale=1 / 255), patch[:, :, :3], dst=region)
