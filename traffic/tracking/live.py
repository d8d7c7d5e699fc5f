"""The tracks that may still be seen: one table, a column for each thing remembered, and nothing else is remembered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float32Array, Float64Array, Int64Array
from traffic.tracking import motion
from traffic.tracking.kalman import Moments

NO_ID = 0
"""The id of a track that is not confirmed yet."""
UNSEEN = -1
"""The detection of a track that has none in this frame."""


@dataclass(slots=True)
class LiveTracks:
    """n tracks in the order of their first detection, which is also the order of their ids.

    Attributes:
        moments: (5, n, 4), where each is and how it moves, at the moment of the last frame.
        track_ids: (n,) the id, or NO_ID.
        matches: (n,) how many detections it has had.
        seen_ns: (n,) media time of the last of them.
        detection: (n,) the detection of the last frame that it was matched with, or UNSEEN.
    """

    moments: Moments
    track_ids: Int64Array
    matches: Int64Array
    seen_ns: Int64Array
    detection: Int64Array

    def __len__(self) -> int:
        return len(self.track_ids)

    @classmethod
    def none(cls) -> LiveTracks:
        """No track."""
        return cls(np.zeros((5, 0, 4)), *(np.zeros(0, np.int64) for _ in range(4)))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(n,) which tracks have a detection in the last frame."""
        return np.not_equal(self.detection, UNSEEN)

    @property
    def confirmed(self) -> NDArray[np.bool_]:
        """(n,) which tracks have an id."""
        return np.not_equal(self.track_ids, NO_ID)

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget all tracks but those of the mask `which` (n,)."""
        if which.all():
            return
        self.moments = self.moments[:, which]
        self.track_ids, self.matches = self.track_ids[which], self.matches[which]
        self.seen_ns, self.detection = self.seen_ns[which], self.detection[which]

    def correct(self, measured: Float64Array, scores: Float32Array, pts_ns: int) -> None:
        """Take in the detections of the seen tracks; `measured` (m, 4) and `scores` (m,) are the whole frame's."""
        seen = self.seen
        rows = self.detection[seen]
        self.moments[:, seen] = motion.correct(self.moments[:, seen], measured[rows], scores[rows])
        self.matches[seen] += 1
        self.seen_ns[seen] = pts_ns

    def append(self, moments: Moments, detection: Int64Array, pts_ns: int) -> None:
        """Add tracks that begin with these detections: moments (5, k, 4), rows (k,)."""
        k = len(detection)
        self.moments = np.concatenate([self.moments, moments], axis=1)
        self.track_ids = np.concatenate([self.track_ids, np.full(k, NO_ID)])
        self.matches = np.concatenate([self.matches, np.ones(k, np.int64)])
        self.seen_ns = np.concatenate([self.seen_ns, np.full(k, pts_ns)])
        self.detection = np.concatenate([self.detection, detection])

    def confirm(self, matches: int, first_id: int) -> int:
        """Number the tracks that have this many matches from `first_id` on; how many they are."""
        new = np.flatnonzero(~self.confirmed & (self.matches >= matches))
        self.track_ids[new] = np.arange(first_id, first_id + len(new))
        return len(new)
