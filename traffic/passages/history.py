"""What is remembered of one track while it lasts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from traffic.classification.vote import AppearanceVote
from traffic.datatypes import Frame, Plate, PlateReading, Shot, Trajectory
from traffic.passages.pace import NANOSECONDS, Pace
from traffic.passages.sight import Box, Sight, leaving_s
from traffic.plates.agreement import best_of, strength
from traffic.plates.consensus import PlateVotes

MAXIMUM_OBSERVATIONS = 4096
"""A longer track is thinned to every second observation, so that a standing vehicle costs bounded memory."""

MAXIMUM_READ_FRAMES = 3
"""Frames that are held for the texts that were read in them."""

GOOD_SHOT = 0.6
"""A plate is read in frames whose quality is at least this share of the best one's."""

LEAST_WORTH = 0.25
"""A reading of a plate that can hardly be seen counts for this share of an attempt."""

COST_OF_NONE = 0.25
"""An attempt that found nothing legible takes this share of what a reading takes from the attempts that may be made, so
that a vehicle that comes from far is still read when it is near.
"""

MOTION_OBSERVATIONS = 10
"""The vehicle's motion is told from its last so many observations."""

MOVED_BOXES = 0.25
"""A vehicle stands as long as its box's centre stays within this many box sizes of where it came to rest."""


class TrackHistory:
    """One track's observations, votes, readings and best shot; its memory is bounded however long it lasts.

    It holds whole frames: one until a plate is read, then one for each different text that was read, at most
    MAXIMUM_READ_FRAMES.

    Args:
        vote: takes in what the vehicle looks like; empty.
        looks, readings: how often it is classified, and its plate read.
        plates: takes in what was read; empty.
    """

    def __init__(self, vote: AppearanceVote, looks: Pace, readings: Pace, plates: PlateVotes) -> None:
        self.vote = vote
        self.looks = looks
        self.readings = readings
        self.plates = plates
        self.best_score = 0.0
        self._frames: list[tuple[int, datetime]] = []
        self._boxes: list[Box] = []
        self._best_seen: Shot | None = None
        self._best_read: dict[str, tuple[PlateReading, Shot]] = {}
        self.quality = self._best_quality = -1.0
        self._rest: tuple[int, Box] | None = None

    def observe(self, sight: Sight) -> bool:
        """Add one observation.

        Returns:
            True if it shows the vehicle about as well as the best one so far, or better.
        """
        if len(self._frames) >= MAXIMUM_OBSERVATIONS:
            self._frames, self._boxes = self._frames[::2], self._boxes[::2]
        frame, box = sight.frame, sight.xyxy
        self._frames.append((frame.pts_ns, frame.captured_at))
        self._boxes.append(box)
        if self._rest is None or _moved(self._rest[1], box):
            self._rest = frame.pts_ns, box
        self.vote.add_detection(sight.class_id, sight.score)
        self.best_score = max(self.best_score, sight.score)
        self.quality = sight.quality
        if self.quality > self._best_quality:
            self._best_quality = self.quality
            self._show(sight)
        return self.quality >= GOOD_SHOT * self._best_quality

    def share(self, sight: Sight) -> None:
        """Take the shot anew from the last observation, so that vehicles that stand there share one frame.

        A shot that was read stays, and so does one that shows the vehicle much better.
        """
        if self.quality >= GOOD_SHOT * self._best_quality:
            self._show(sight)

    @property
    def view(self) -> float:
        """How well the last observation shows the vehicle, as a share of the best one."""
        return self.quality / self._best_quality

    def leaving_s(self, size: tuple[int, int]) -> float:
        """See leaving_s; infinite after one observation."""
        then = max(len(self._frames) - MOTION_OBSERVATIONS, 0)
        elapsed_s = (self._frames[-1][0] - self._frames[then][0]) / NANOSECONDS
        return leaving_s(self._boxes[then], self._boxes[-1], elapsed_s, size)

    def standing_ns(self) -> int:
        """Media time since the vehicle moved last, as of the last observation; 0 before the first."""
        return self._frames[-1][0] - self._rest[0] if self._rest is not None else 0

    def held_frames(self) -> Iterator[Frame]:
        """The frames that this history keeps in memory, perhaps one of them twice."""
        if self._best_seen is not None:
            yield self._best_seen.frame
        for _, shot in self._best_read.values():
            yield shot.frame

    def _show(self, sight: Sight) -> None:
        if not self._best_read:
            self._best_seen = sight.shot()

    def read(self, sight: Sight, reading: PlateReading | None) -> None:
        """Add what the plate reader made of the vehicle in the last observation."""
        legible = reading is not None and reading.text
        worth = max(reading.quality, LEAST_WORTH) if reading is not None and legible else 1.0
        cost = 1.0 if legible else COST_OF_NONE
        self.readings.count(sight.frame.pts_ns, self.quality, worth=worth, cost=cost)
        if reading is None or not legible:
            return
        self.plates.add(reading)
        known = self._best_read.get(reading.text)
        if known is None or strength(reading) > strength(known[0]):
            self._best_read[reading.text] = reading, sight.shot()
        self._best_seen = None
        self._forget_weak_readings()

    def _forget_weak_readings(self) -> None:
        """Let go of the frames of all texts but the likeliest one and the strongest others."""
        while len(self._best_read) > MAXIMUM_READ_FRAMES:
            best = self.plate
            others = [text for text in self._best_read if best is None or text != best.best.text]
            del self._best_read[min(others, key=lambda text: strength(self._best_read[text][0]))]

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def plate(self) -> Plate | None:
        """What the readings agree on, its best reading one whose frame is held; None where there is none."""
        plate = self.plates.consensus()
        if plate is None:
            return None
        held = [(reading, strength(reading)) for reading, _ in self._best_read.values()]
        return replace(plate, best=best_of(plate.text, plate.country, held))

    @property
    def shot(self) -> Shot:
        """The frame whose plate was read best; without a plate, the one that shows the vehicle best.

        Raises:
            LookupError: nothing was observed yet.
        """
        plate = self.plate
        if plate is not None:
            return self._best_read[plate.best.text][1]
        if self._best_read:  # no plate of a known format: what was read best all the same
            return max(self._best_read.values(), key=lambda read: strength(read[0]))[1]
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


def _moved(rest: Box, box: Box) -> bool:
    (x1, y1, x2, y2), (u1, v1, u2, v2) = rest, box
    size = math.sqrt((x2 - x1) * (y2 - y1))
    return math.hypot(u1 + u2 - x1 - x2, v1 + v2 - y1 - y2) / 2 > MOVED_BOXES * size
