"""What is remembered of one track while it lasts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from traffic.classification.vote import AppearanceVote
from traffic.datatypes import Frame, Plate, PlateReading, Shot, Trajectory
from traffic.passages.pace import Pace
from traffic.plates.consensus import PlateVotes, strength

Box = tuple[float, float, float, float]

MAXIMUM_OBSERVATIONS = 4096
"""A longer track is thinned to every second observation, so that a standing vehicle costs bounded memory."""

MAXIMUM_READ_FRAMES = 3
"""Frames that are held for the texts that were read in them."""

GOOD_SHOT = 0.6
"""A plate is read in frames whose quality is at least this share of the best one's."""

BORDER_MARGIN_PX = 2.0
"""A box nearer than this to the frame's border may be cut by it."""

MOVED_BOXES = 0.25
"""A vehicle stands as long as its box's centre stays within this many box sizes of where it came to rest."""


class TrackHistory:
    """One track's observations, votes, readings and best shot; its memory is bounded however long it lasts.

    It holds whole frames: one until a plate is read, then one for each different text that was read, at most
    MAXIMUM_READ_FRAMES.

    Args:
        vote: takes in what the vehicle looks like; empty.
        looks, readings: how often it is classified, and its plate read.
    """

    def __init__(self, vote: AppearanceVote, looks: Pace, readings: Pace) -> None:
        self.vote = vote
        self.looks = looks
        self.readings = readings
        self.plates = PlateVotes()
        self.best_score = 0.0
        self._frames: list[tuple[int, datetime]] = []
        self._boxes: list[Box] = []
        self._best_seen: Shot | None = None
        self._best_read: dict[str, tuple[PlateReading, Shot]] = {}
        self.quality = self._best_quality = -1.0
        self._rest: tuple[int, Box] | None = None

    def observe(self, frame: Frame, box: Box, class_id: int, score: float) -> bool:
        """Add one observation.

        Returns:
            True if it shows the vehicle about as well as the best one so far, or better.
        """
        if len(self._frames) >= MAXIMUM_OBSERVATIONS:
            self._frames, self._boxes = self._frames[::2], self._boxes[::2]
        self._frames.append((frame.pts_ns, frame.captured_at))
        self._boxes.append(box)
        if self._rest is None or _moved(self._rest[1], box):
            self._rest = frame.pts_ns, box
        self.vote.add_detection(class_id, score)
        self.best_score = max(self.best_score, score)
        self.quality = _shot_quality(frame, box, score)
        if self.quality > self._best_quality:
            self._best_quality = self.quality
            self._show(frame, box)
        return self.quality >= GOOD_SHOT * self._best_quality

    def share(self, frame: Frame, box: Box) -> None:
        """Take the shot anew from `frame`, the last one observed, so that vehicles that stand there share one frame.

        A shot that was read stays, and so does one that shows the vehicle much better than `frame`.
        """
        if self.quality >= GOOD_SHOT * self._best_quality:
            self._show(frame, box)

    def standing_ns(self) -> int:
        """Media time since the vehicle moved last, as of the last observation; 0 before the first."""
        return self._frames[-1][0] - self._rest[0] if self._rest is not None else 0

    def held_frames(self) -> Iterator[Frame]:
        """The frames that this history keeps in memory, perhaps one of them twice."""
        if self._best_seen is not None:
            yield self._best_seen.frame
        for _, shot in self._best_read.values():
            yield shot.frame

    def _show(self, frame: Frame, box: Box) -> None:
        if not self._best_read:
            self._best_seen = Shot(frame, box)

    def read(self, frame: Frame, box: Box, reading: PlateReading | None) -> None:
        """Add what the plate reader made of the vehicle in `frame`."""
        self.readings.count(frame.pts_ns, self.quality)
        if reading is None or not reading.text:
            return
        self.plates.add(reading)
        known = self._best_read.get(reading.text)
        if known is None or _is_better(reading, known[0]):
            self._best_read[reading.text] = reading, Shot(frame, box)
        self._best_seen = None
        self._forget_weak_readings()

    def _forget_weak_readings(self) -> None:
        """Let go of the frames of all texts but the likeliest one and the strongest others."""
        plate = self.plates.consensus()
        while plate is not None and len(self._best_read) > MAXIMUM_READ_FRAMES:
            others = [text for text in self._best_read if text != plate.text]
            del self._best_read[min(others, key=lambda text: strength(self._best_read[text][0]))]

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def plate(self) -> Plate | None:
        """What the readings agree on, its best reading one whose frame is held; None before the first one."""
        plate = self.plates.consensus()
        if plate is None:
            return None
        held = [reading for reading, _ in self._best_read.values()]
        same = [reading for reading in held if reading.text == plate.best.text]
        return replace(plate, best=max(same or held, key=strength))

    @property
    def shot(self) -> Shot:
        """The frame whose plate was read best; without a plate, the one that shows the vehicle best.

        Raises:
            LookupError: nothing was observed yet.
        """
        plate = self.plate
        if plate is not None:
            return self._best_read[plate.best.text][1]
        if self._best_seen is None:
            raise LookupError("a history has a shot from its first observation on, but has none yet")
        return self._best_seen

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


def _is_better(reading: PlateReading, known: PlateReading) -> bool:
    """Whether the consensus prefers `reading` to an earlier one of the same text, which then never counts again."""
    votes = PlateVotes()
    votes.add(known)
    votes.add(reading)
    plate = votes.consensus()
    return plate is not None and plate.best is reading


def _moved(rest: Box, box: Box) -> bool:
    (x1, y1, x2, y2), (u1, v1, u2, v2) = rest, box
    size = math.sqrt((x2 - x1) * (y2 - y1))
    return math.hypot(u1 + u2 - x1 - x2, v1 + v2 - y1 - y2) / 2 > MOVED_BOXES * size


def _shot_quality(frame: Frame, box: Box, score: float) -> float:
    """Bigger and surer is better; a box that the border may cut counts a tenth."""
    height, width = frame.image.shape[:2]
    x1, y1, x2, y2 = box
    inside = min(x1, y1, width - x2, height - y2) >= BORDER_MARGIN_PX
    return (x2 - x1) * (y2 - y1) * score * (1.0 if inside else 0.1)
