"""Everything that one camera's scene tells of a trajectory."""

from __future__ import annotations

from traffic.datatypes import LineCrossing, SpeedEstimate, Trajectory
from traffic.scene.lines import line_crossings
from traffic.scene.settings import SceneSettings
from traffic.scene.speed import SpeedMeter


class SceneView:
    """One camera's scene, asked about finished trajectories."""

    def __init__(self, scene: SceneSettings) -> None:
        self._lines = scene.lines
        self._meter = SpeedMeter(scene)

    def speed(self, trajectory: Trajectory, vehicle_type: str) -> SpeedEstimate | None:
        """See SpeedMeter.measure."""
        return self._meter.measure(trajectory, vehicle_type)

    def crossings(self, trajectory: Trajectory) -> tuple[LineCrossing, ...]:
        """See line_crossings."""
        return line_crossings(trajectory, self._lines)
