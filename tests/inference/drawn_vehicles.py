"""Vehicles of a drawn scene that show their plates, as the stages after the detector get them."""

from __future__ import annotations

from datetime import datetime, timezone

from traffic.datatypes import Frame, VehicleCrop
from traffic.simulation.painter import view_vehicles
from traffic.simulation.scene import Scene
from traffic.simulation.spec import close_up_spec


def drawn_vehicles(first: int = 40, last: int = 300, step: int = 20) -> list[VehicleCrop]:
    """Those that are hardly hidden, frame by frame."""
    scene = Scene(close_up_spec())
    return [crop for index in range(first, last, step) for crop in _vehicles(scene, index)]


def _vehicles(scene: Scene, index: int) -> list[VehicleCrop]:
    captured_at = datetime.fromtimestamp(index, timezone.utc)
    picture = Frame("north", "drawn", index, 40_000_000 * index, captured_at, scene.render(index))
    views = view_vehicles(scene.place_vehicles(index), scene.spec.camera)
    return [VehicleCrop(picture, view.xyxy) for view in views if view.visible_fraction > 0.9]
