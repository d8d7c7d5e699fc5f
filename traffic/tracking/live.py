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


NEVER = -(2**62)
"""The media time of what did not happen."""
WHOLE_SHARE = 0.9
"""A vehicle is seen whole if its score is this share of the best it lately had: hidden ones score less."""
BEST_FADES = 0.75
"""And that best one shrinks to this share of itself in a second."""
FALL_BACK_NS = 200_000_000
"""A track unseen for longer goes on from where it was last seen whole."""
OLDEST_WHOLE_NS = 1_000_000_000
"""If that was not longer than this before it was seen at all."""


class LiveTracks:
    """n tracks in the order of their first detection, which is also the order of their ids.

    Attributes:
        moments: (5, 2, 2, n) where each is and how it moves, at the moment of the last frame; see motion.
        whole: (5, 2, 2, n) the same when it was last seen whole.
        best_scores: (n,) float64, the best score of late.
        track_ids: (n,) int64, the id, or NO_ID.
        matches: (n,) int64, how many detections it has had.
        seen_ns: (n,) int64, media time of the last of them.
        whole_ns: (n,) int64, media time of `whole`, or NEVER.
        detection: (n,) int64, the detection of the last frame that it was matched with, or UNSEEN.
    """

    __slots__ = (
        "_columns", "_states", "best_scores", "detection", "matches", "moments", "seen_ns", "track_ids", "whole",
        "whole_ns",
    )  # fmt: skip

    moments: Moments
    whole: Moments
    best_scores: Float64Array
    track_ids: Int64Array
    matches: Int64Array
    seen_ns: Int64Array
    whole_ns: Int64Array
    detection: Int64Array

    def __init__(self) -> None:
        self._hold(np.zeros((2, 5, 2, 2, 0)), np.zeros((5, 0), np.int64), np.zeros(0))

    def _hold(self, states: Float64Array, columns: Int64Array, best_scores: Float64Array) -> None:
        """Blocks, so that tracks come and go in few calls, and a view for each thing remembered."""
        self._states, self._columns, self.best_scores = states, columns, best_scores
        self.moments, self.whole = states
        self.track_ids, self.matches, self.seen_ns, self.whole_ns, self.detection = columns

    def __len__(self) -> int:
        return len(self.best_scores)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(n,) which tracks have a detection in the last frame."""
        return np.greater_equal(self.detection, 0)

    @property
    def confirmed(self) -> NDArray[np.bool_]:
        """(n,) which tracks have an id."""
        return np.greater(self.track_ids, NO_ID)

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget all tracks but those of the mask `which` (n,)."""
        places = which.nonzero()[0]
        if len(places) < len(which):
            states, columns = self._states.take(places, axis=-1), self._columns.take(places, axis=-1)
            self._hold(states, columns, self.best_scores.take(places))

    def advance(self, dt_s: float) -> None:
        """Move all on by `dt_s` seconds."""
        motion.predict(self.moments, dt_s)

    def correct(self, observed: Observed, pts_ns: int) -> None:
        """Take in the detections of the seen tracks."""
        seen = self.seen
        if not seen.any():
            return
        measured = observed.boxes.take(self.detection, axis=-1, mode="wrap")
        variance = observed.variance.take(self.detection, axis=-1, mode="wrap")
        variance += np.where(seen, 0.0, np.inf)
        kalman.correct(self.moments, measured, variance)
        self.matches[:] += seen
        np.copyto(self.seen_ns, pts_ns, where=seen)

    def remember(self, observed: Observed, pts_ns: int, elapsed_s: float) -> None:
        """Keep the state of those that are seen whole; `elapsed_s` since that was last done."""
        self.best_scores *= BEST_FADES**elapsed_s
        if len(observed):
            scores = observed.scores.take(self.detection, mode="wrap") * self.seen
            np.maximum(self.best_scores, scores, out=self.best_scores)
            is_whole = scores >= self.best_scores * WHOLE_SHARE
            np.copyto(self.whole, self.moments, where=is_whole)
            np.copyto(self.whole_ns, pts_ns, where=is_whole)

    def fall_back(self, pts_ns: int) -> None:
        """Let tracks that have just been lost go on from where they were last seen whole.

        What goes behind something is seen ever less, so its box shrinks and its middle moves away from what hides it:
        the filter takes both for the vehicle's own motion.
        """
        lost = self.seen_ns < pts_ns - FALL_BACK_NS
        if lost.any():
            back = (lost & (self.whole_ns >= self.seen_ns - OLDEST_WHOLE_NS)).nonzero()[0]
            if len(back):
                moments = self.whole.take(back, axis=-1)
                elapsed_s = (pts_ns - self.whole_ns.take(back)).astype(np.float64) * 1e-9
                motion.predict(moments, elapsed_s)
                self.moments[..., back] = moments
                self.whole_ns[back] = NEVER

    def append(self, boxes: Float64Array, variance: Float64Array, detection: Int64Array, pts_ns: int) -> None:
        """Add tracks that begin with these detections: boxes (2, 2, k), variance (2, k), rows (k,)."""
        moments = motion.start(boxes, variance)
        columns = np.empty((5, len(detection)), np.int64)
        columns[0], columns[1], columns[2], columns[3], columns[4] = NO_ID, 1, pts_ns, pts_ns, detection
        self._hold(
            np.concatenate([self._states, np.stack([moments, moments])], axis=-1),
            np.concatenate([self._columns, columns], axis=-1),
            np.concatenate([self.best_scores, np.zeros(len(detection))]),
        )

    def confirm(self, matches: int, first_id: int) -> int:
        """Number the tracks that have this many matches from `first_id` on; how many they are."""
        new = ((self.track_ids == NO_ID) & (self.matches >= matches)).nonzero()[0]
        if len(new):
            self.track_ids[new] = np.arange(first_id, first_id + len(new))
        return len(new)
