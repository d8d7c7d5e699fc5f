"""The identify stage: tracks in, finished passages out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from pydantic import Field

from traffic.datatypes import Case, Frame, LineCrossing, Passage, SpeedEstimate, Tracks, Trajectory
from traffic.memory import TrackMemory
from traffic.passages.history import TrackHistory
from traffic.pipeline import Tracked
from traffic.plates.reader import NANOSECONDS, PlateReader, PlateSettings, VehicleCrop
from traffic.settings import Settings

MAXIMUM_HELD_FRAMES = 8
"""When a camera's tracks hold more whole frames than this, those of standing vehicles share one."""

STANDING_S = 60.0
"""A vehicle that has not moved for so long stands: a parked one, or the tail of a long queue."""

PASSAGE_NAMESPACE = uuid.UUID("6f6a3e54-50a3-5f0e-9a40-0f9b6d5f2c11")


class PassageSettings(Settings):
    """Which tracks are passages."""

    minimum_observations: int = Field(default=5, ge=1)
    """A shorter track is taken for a flicker of the detector."""

    minimum_best_score: float = Field(default=0.65, ge=0, le=1)
    """A vehicle is seen this surely at least once; what never is, is taken for a shadow or a reflection."""

    minimum_travel_boxes: float = Field(default=0.5, ge=0)
    """How far the vehicle must have moved in the picture, in sizes of its box: a parked car is no passage."""


class RoadView(Protocol):
    """What one camera's scene tells of a trajectory."""

    def speed(self, trajectory: Trajectory, vehicle_type: str) -> SpeedEstimate | None:
        """The speed over the measured stretch of one of VEHICLE_CLASSES; None where it cannot be told."""
        ...

    def crossings(self, trajectory: Trajectory) -> tuple[LineCrossing, ...]:
        """The counting lines it went over, in order of time."""
        ...


class PassageIdentifier:
    """Remembers every track of every camera while it lasts, has its plate read, and makes a passage of it at its end.

    A track holds the whole frame that shows its vehicle best, so a camera with n vehicles in view may hold n frames.
    Those that stand for a minute hold one frame together once there are more than MAXIMUM_HELD_FRAMES. So a camera
    holds no more than that, or than 1 + the frames of the vehicles that moved within the last minute, that came to
    stand where they are seen much worse than before, or whose plates were read (see TrackHistory), if these are more.

    Args:
        views: one for each camera id.
        plate_reader: reads the plates of all cameras.
        passage_settings, plate_settings: see there.
    """

    def __init__(
        self,
        views: Mapping[str, RoadView],
        plate_reader: PlateReader,
        passage_settings: PassageSettings,
        plate_settings: PlateSettings,
    ) -> None:
        self._views = views
        self._plate_reader = plate_reader
        self._passages = passage_settings
        self._plates = plate_settings
        self._memory = TrackMemory(TrackHistory)

    def identify(self, tracked: Tracked) -> tuple[Case, ...]:
        """See Identifier.identify."""
        cases: list[Case] = []
        for frame, tracks in zip(tracked.batch.frames, tracked.tracks, strict=True):
            self._read_plates(self._observe(frame, tracks))
            cases += self._finish(frame.camera_id, tracks.ended_ids)
        for camera_id, track_ids in tracked.closed:
            cases += self._finish(camera_id, track_ids)
        return tuple(cases)

    def _observe(self, frame: Frame, tracks: Tracks) -> list[tuple[TrackHistory, VehicleCrop]]:
        seen, worth_reading = [], []
        for row, track_id in enumerate(tracks.track_ids.tolist()):
            x1, y1, x2, y2 = tracks.xyxy[row].tolist()
            history, crop = self._memory.recall(frame.camera_id, track_id), VehicleCrop(frame, (x1, y1, x2, y2))
            seen.append((history, crop))
            good = history.observe(frame, crop.xyxy, int(tracks.class_ids[row]), float(tracks.scores[row]))
            if good and self._may_read(history, frame.pts_ns, y2 - y1):
                worth_reading.append((history, crop))
        _share_frames(seen)
        return worth_reading

    def _may_read(self, history: TrackHistory, pts_ns: int, height_px: float) -> bool:
        last = history.last_attempt_pts_ns
        if (
            height_px < self._plates.minimum_vehicle_height_px
            or history.plate_attempts >= self._plates.maximum_readings
        ):
            return False
        if last is not None and pts_ns - last < self._plates.minimum_interval_s * NANOSECONDS:
            return False
        plate = history.plates.consensus()
        return plate is None or plate.probability < self._plates.certain_probability

    def _read_plates(self, chosen: list[tuple[TrackHistory, VehicleCrop]]) -> None:
        if not chosen:
            return
        readings = self._plate_reader.read([crop for _, crop in chosen])
        for (history, crop), reading in zip(chosen, readings, strict=True):
            history.read(crop.frame, crop.xyxy, reading)

    def _finish(self, camera_id: str, track_ids: tuple[int, ...]) -> list[Case]:
        cases = []
        for track_id in track_ids:
            history = self._memory.forget(camera_id, track_id)
            if history is not None and self._is_passage(history):
                cases.append(self._case(track_id, history))
        return cases

    def _is_passage(self, history: TrackHistory) -> bool:
        if len(history) < self._passages.minimum_observations:
            return False
        if history.best_score < self._passages.minimum_best_score:
            return False
        return travel_boxes(history.trajectory()) >= self._passages.minimum_travel_boxes

    def _case(self, track_id: int, history: TrackHistory) -> Case:
        frame, trajectory = history.shot.frame, history.trajectory()
        view = self._views[frame.camera_id]
        start_pts_ns = int(trajectory.pts_ns[0])
        name = f"{frame.camera_id}/{frame.recording_id}/{track_id}/{start_pts_ns}"
        vehicle_type, share = history.vote.winner()
        passage = Passage(
            passage_id=str(uuid.uuid5(PASSAGE_NAMESPACE, name)),
            camera_id=frame.camera_id,
            recording_id=frame.recording_id,
            track_id=track_id,
            start_pts_ns=start_pts_ns,
            end_pts_ns=int(trajectory.pts_ns[-1]),
            started_at=history.started_at,
            ended_at=history.ended_at,
            vehicle_type=vehicle_type,
            vehicle_type_share=share,
            colour=None,
            plate=history.plates.consensus(),
            speed=view.speed(trajectory, vehicle_type),
            crossings=view.crossings(trajectory),
            trajectory=trajectory,
        )
        return Case(passage, history.shot)


def _share_frames(seen: Sequence[tuple[TrackHistory, VehicleCrop]]) -> None:
    """Let the standing ones among the vehicles seen in one frame share it, when too many frames are held."""
    if len(seen) <= MAXIMUM_HELD_FRAMES:
        return
    held = {id(frame) for history, _ in seen for frame in history.held_frames()}
    if len(held) <= MAXIMUM_HELD_FRAMES:
        return
    for history, crop in seen:
        if history.standing_ns() >= STANDING_S * NANOSECONDS:
            history.share(crop.frame, crop.xyxy)


def travel_boxes(trajectory: Trajectory) -> float:
    """The furthest that the box's centre got from where it was first, in mean sizes (root of the area) of the box."""
    xyxy = trajectory.xyxy.astype(np.float64)
    centres = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    size = float(np.sqrt(np.prod(xyxy[:, 2:] - xyxy[:, :2], axis=1)).mean())
    return float(np.hypot(*(centres - centres[0]).T).max()) / max(size, 1.0)
