"""The tracks that may still be seen: one table, a column for each thing remembered, and nothing else is remembered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Float64Array, Int64Array
from traffic.tracking import kalman, motion
from traffic.tracking.kalman import Moments
from traffic.tracking.observed import Observed

NO_ID = 0
"""The id of a track that is not confirmed yet."""
UNSEEN = -1
"""The detection of a track that has none in this frame."""


class LiveTracks:
    """n tracks in the order of their first detection, which is also the order of their ids.

    Attributes:
        moments: (5, 2, 2, n) where each is and how it moves, at the moment of the last frame; see motion.
        track_ids: (n,) int64, the id, or NO_ID.
        matches: (n,) int64, how many detections it has had.
        seen_ns: (n,) int64, media time of the last of them.
        detection: (n,) int64, the detection of the last frame that it was matched with, or UNSEEN.
    """

    __slots__ = ("_columns", "moments")

    def __init__(self) -> None:
        self.moments: Moments = np.zeros((5, 2, 2, 0))
        self._columns = np.zeros((4, 0), np.int64)

    def __len__(self) -> int:
        return self._columns.shape[1]

    @property
    def track_ids(self) -> Int64Array:
        """See the class."""
        return self._columns[0]

    @property
    def matches(self) -> Int64Array:
        """See the class."""
        return self._columns[1]

    @property
    def seen_ns(self) -> Int64Array:
        """See the class."""
        return self._columns[2]

    @property
    def detection(self) -> Int64Array:
        """See the class."""
        return self._columns[3]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(n,) which tracks have a detection in the last frame."""
        return self._columns[3] >= 0

    @property
    def confirmed(self) -> NDArray[np.bool_]:
        """(n,) which tracks have an id."""
        return self._columns[0] > NO_ID

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget all tracks but those of the mask `which` (n,)."""
        places = which.nonzero()[0]
        if len(places) < len(which):
            self.moments = self.moments.take(places, axis=-1)
            self._columns = self._columns.take(places, axis=-1)

    def correct(self, observed: Observed, pts_ns: int) -> None:
        """Take in the detections of the seen tracks."""
        seen = self.seen
        if seen.any():
            measured = observed.boxes.take(self.detection, axis=-1, mode="wrap")
            variance = observed.variance.take(self.detection, axis=-1, mode="wrap")
            variance[:, ~seen] = np.inf
            kalman.correct(self.moments, measured, variance)
            self.matches[:] += seen
            self.seen_ns[seen] = pts_ns

    def append(self, boxes: Float64Array, variance: Float64Array, detection: Int64Array, pts_ns: int) -> None:
        """Add tracks that begin with these detections: boxes (2, 2, k), variance (2, k), rows (k,)."""
        columns = np.empty((4, len(detection)), np.int64)
        columns[0], columns[1], columns[2], columns[3] = NO_ID, 1, pts_ns, detection
        self.moments = np.concatenate([self.moments, motion.start(boxes, variance)], axis=-1)
        self._columns = np.concatenate([self._columns, columns], axis=-1)

    def confirm(self, matches: int, first_id: int) -> int:
        """Number the tracks that have this many matches from `first_id` on; how many they are."""
        new = ((self.track_ids == NO_ID) & (self.matches >= matches)).nonzero()[0]
        if len(new):
            self.track_ids[new] = np.arange(first_id, first_id + len(new))
        return len(new)
