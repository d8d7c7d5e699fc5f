"""The identify stage: tracks in, finished passages out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from pydantic import Field

from traffic.classification.classifier import Appearance
from traffic.classification.settings import ClassifierSettings
from traffic.classification.vote import AppearanceVote
from traffic.datatypes import (
    VEHICLE_CLASSES,
    VEHICLE_COLOURS,
    Case,
    Detections,
    Frame,
    LineCrossing,
    Passage,
    SpeedEstimate,
    Tracks,
    Trajectory,
    VehicleCrop,
)
from traffic.memory import TrackMemory
from traffic.passages.history import TrackHistory
from traffic.passages.pace import NANOSECONDS, Pace, PaceLimits
from traffic.passages.plate_desk import PlateDesk, PlateTally, Seen
from traffic.passages.sight import Sight
from traffic.pipeline import Tracked
from traffic.plates.consensus import PlateConsensus, consensus_of
from traffic.plates.reader import PlateReader, PlateSettings
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
        """The speed over the measured stretch of one of VEHICLE_TYPES; None where it cannot be told."""
        ...

    def crossings(self, trajectory: Trajectory) -> tuple[LineCrossing, ...]:
        """The counting lines it went over, in order of time."""
        ...


class Classifier(Protocol):
    """Tells what vehicles look like."""

    @property
    def types(self) -> tuple[str, ...]:
        """Out of VEHICLE_TYPES."""
        ...

    @property
    def colours(self) -> tuple[str, ...]:
        """Out of VEHICLE_COLOURS."""
        ...

    def classify(self, crops: Sequence[VehicleCrop]) -> Sequence[Appearance]:
        """The appearance of each crop, in order."""
        ...


class NoClassifier:
    """Stands where none is configured: the type stays the detector's, colours are not told."""

    types = VEHICLE_CLASSES
    colours = VEHICLE_COLOURS

    def classify(self, crops: Sequence[VehicleCrop]) -> Sequence[Appearance]:  # noqa: ARG002
        """Nothing."""
        return ()


class IdentifierSettings(Settings):
    """Which tracks are passages, and how often their vehicles are looked at and their plates read."""

    passages: PassageSettings = PassageSettings()
    classifier: ClassifierSettings = ClassifierSettings()
    plates: PlateSettings = PlateSettings()


class PassageIdentifier:
    """Remembers every track of every camera while it lasts, has its vehicle classified and its plate read, and makes
    a passage of it at its end.

    A track holds the whole frame that shows its vehicle best, so a camera with n vehicles in view may hold n frames.
    Those that stand for a minute hold one frame together once there are more than MAXIMUM_HELD_FRAMES. So a camera
    holds no more than that, or than 1 + the frames of the vehicles that moved within the last minute, that came to
    stand where they are seen much worse than before, or whose plates were read (see TrackHistory), if these are more.

    Args:
        views: one for each camera id.
        classifier, plate_reader: look at the vehicles of all cameras.
        settings: see there.
        consensus: makes one plate of many readings; the settings' own, with unfitted figures, where None is given.
    """

    def __init__(
        self,
        views: Mapping[str, RoadView],
        classifier: Classifier,
        plate_reader: PlateReader,
        settings: IdentifierSettings,
        consensus: PlateConsensus | None = None,
    ) -> None:
        self._views = views
        self._classifier = classifier
        self._settings = settings
        self._plates = PlateDesk(
            plate_reader, settings.plates, consensus or consensus_of(settings.plates), cameras=len(views)
        )
        self._memory = TrackMemory(self._new_history)

    @property
    def plate_tally(self) -> PlateTally:
        """What became of plates so far."""
        return self._plates.tally

    def identify(self, tracked: Tracked) -> tuple[Case, ...]:
        """See Identifier.identify."""
        cases: list[Case] = []
        detections = tracked.detections or (None,) * len(tracked.tracks)
        for frame, tracks, detected in zip(tracked.batch.frames, tracked.tracks, detections, strict=True):
            well_seen = self._observe(frame, tracks, detected)
            self._classify([seen for seen in well_seen if self._may_look(*seen)])
            self._plates.read(well_seen)
            cases += self._finish(frame.camera_id, tracks.ended_ids)
        for camera_id, track_ids in tracked.closed:
            cases += self._finish(camera_id, track_ids)
        return tuple(cases)

    def _new_history(self) -> TrackHistory:
        looks = self._settings.classifier
        return TrackHistory(
            AppearanceVote(self._classifier.types, self._classifier.colours),
            Pace(PaceLimits(looks.minimum_interval_s, looks.maximum_looks, looks.looks_alike)),
            self._plates.new_pace(),
            self._plates.new_votes(),
        )

    def _observe(self, frame: Frame, tracks: Tracks, detections: Detections | None) -> list[Seen]:
        """The vehicles that are seen about as well as ever."""
        seen, well_seen = [], []
        for row in range(len(tracks)):
            sight = Sight(frame, tracks, row, detections)
            history = self._memory.recall(frame.camera_id, sight.track_id)
            seen.append((history, sight))
            if history.observe(sight):
                well_seen.append((history, sight))
        _share_frames(seen)
        return well_seen

    def _may_look(self, history: TrackHistory, sight: Sight) -> bool:
        _, y1, _, y2 = sight.xyxy
        high = y2 - y1 >= self._settings.classifier.minimum_vehicle_height_px
        return high and history.looks.is_due(sight.frame.pts_ns, history.quality)

    def _classify(self, chosen: list[Seen]) -> None:
        appearances = self._classifier.classify([sight.crop() for _, sight in chosen]) if chosen else ()
        for (history, sight), appearance in zip(chosen, appearances, strict=False):
            history.looks.count(sight.frame.pts_ns, history.quality)
            height, width = sight.frame.image.shape[:2]
            history.vote.add_appearance(appearance, sight.xyxy, (width, height))

    def _finish(self, camera_id: str, track_ids: tuple[int, ...]) -> list[Case]:
        cases = []
        for track_id in track_ids:
            history = self._memory.forget(camera_id, track_id)
            if history is not None and self._is_passage(history):
                cases.append(self._case(track_id, history))
        return cases

    def _is_passage(self, history: TrackHistory) -> bool:
        if len(history) < self._settings.passages.minimum_observations:
            return False
        if history.best_score < self._settings.passages.minimum_best_score:
            return False
        return travel_boxes(history.trajectory()) >= self._settings.passages.minimum_travel_boxes

    def _case(self, track_id: int, history: TrackHistory) -> Case:
        frame, trajectory = history.shot.frame, history.trajectory()
        view = self._views[frame.camera_id]
        start_pts_ns = int(trajectory.pts_ns[0])
        name = f"{frame.camera_id}/{frame.recording_id}/{track_id}/{start_pts_ns}"
        vehicle_type, share = history.vote.type()
        colour = history.vote.colour()
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
            colour=None if colour is None else colour[0],
            plate=self._plates.on_record(history.plate, vehicle_type),
            speed=view.speed(trajectory, vehicle_type),
            crossings=view.crossings(trajectory),
            trajectory=trajectory,
        )
        return Case(passage, history.shot)


def _share_frames(seen: Sequence[Seen]) -> None:
    """Let the standing ones among the vehicles seen in one frame share it, when too many frames are held."""
    if len(seen) <= MAXIMUM_HELD_FRAMES:
        return
    held = {id(frame) for history, _ in seen for frame in history.held_frames()}
    if len(held) <= MAXIMUM_HELD_FRAMES:
        return
    for history, sight in seen:
        if history.standing_ns() >= STANDING_S * NANOSECONDS:
            history.share(sight)


def travel_boxes(trajectory: Trajectory) -> float:
    """The furthest that the box's centre got from where it was first, in mean sizes (root of the area) of the box."""
    xyxy = trajectory.xyxy.astype(np.float64)
    centres = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    size = float(np.sqrt(np.prod(xyxy[:, 2:] - xyxy[:, :2], axis=1)).mean())
    return float(np.hypot(*(centres - centres[0]).T).max()) / max(size, 1.0)
