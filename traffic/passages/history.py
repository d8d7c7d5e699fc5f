"""What is remembered of one track while it lasts."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from traffic.classification.vote import ClassVote
from traffic.datatypes import Frame, PlateReading, Shot, Trajectory
from traffic.plates.consensus import PlateVotes

Box = tuple[float, float, float, float]

MAXIMUM_OBSERVATIONS = 4096
"""A longer track is thinned to every second observation, so that a standing vehicle costs bounded memory."""

GOOD_SHOT = 0.6
"""A plate is read in frames whose quality is at least this share of the best one's."""

BORDER_MARGIN_PX = 2.0
"""A box nearer than this to the frame's border may be cut by it."""


class TrackHistory:
    """One track's observations, votes, readings and best shot; its memory is bounded however long it lasts."""

    def __init__(self) -> None:
        self.vote = ClassVote()
        self.plates = PlateVotes()
        self.plate_attempts = 0
        self.last_attempt_pts_ns: int | None = None
        self._frames: list[tuple[int, datetime]] = []
        self._boxes: list[Box] = []
        self._best_seen: Shot | None = None
        self._best_read: Shot | None = None
        self._best_quality = 0.0

    def observe(self, frame: Frame, box: Box, class_id: int, score: float) -> bool:
        """Add one observation.

        Returns:
            True if it shows the vehicle about as well as the best one so far, or better.
        """
        if len(self._frames) >= MAXIMUM_OBSERVATIONS:
            self._frames, self._boxes = self._frames[::2], self._boxes[::2]
        self._frames.append((frame.pts_ns, frame.captured_at))
        self._boxes.append(box)
        self.vote.add(class_id, score)
        quality = _shot_quality(frame, box, score)
        if self._best_seen is None or quality > self._best_quality:
            self._best_seen, self._best_quality = Shot(frame, box), quality
        return quality >= GOOD_SHOT * self._best_quality

    def read(self, frame: Frame, box: Box, reading: PlateReading | None) -> None:
        """Add what the plate reader made of the vehicle in `frame`."""
        self.plate_attempts += 1
        self.last_attempt_pts_ns = frame.pts_ns
        if reading is None:
            return
        self.plates.add(reading)
        plate = self.plates.consensus()
        if plate is not None and plate.best is reading:
            self._best_read = Shot(frame, box)

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def shot(self) -> Shot:
        """The frame whose plate was read best; without a plate, the one that shows the vehicle best.

        Raises:
            LookupError: nothing was observed yet.
        """
        shot = self._best_read or self._best_seen
        if shot is None:
            raise LookupError("a history has a shot from its first observation on, but has none yet")
        return shot

    @property
    def started_at(self) -> datetime:
        """UTC label of the first observation."""
        return self._frames[0][1]

    @property
    def ended_at(self) -> datetime:
        """UTC label of the last observation."""
        return self._frames[-1][1]

    def trajectory(self) -> Trajectory:
        """The observations so far."""
        height, width = self.shot.frame.image.shape[:2]
        pts_ns = np.array([pts for pts, _ in self._frames], np.int64)
        return Trajectory(pts_ns, np.array(self._boxes, np.float32), (width, height))


def _shot_quality(frame: Frame, box: Box, score: float) -> float:
    """Bigger and surer is better; a box that the border may cut counts a tenth."""
    height, width = frame.image.shape[:2]
    x1, y1, x2, y2 = box
    inside = min(x1, y1, width - x2, height - y2) >= BORDER_MARGIN_PX
    return (x2 - x1) * (y2 - y1) * score * (1.0 if inside else 0.1)
