"""The tracks that may still be seen: one table, a column for each thing remembered, and nothing else is remembered."""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Float64Array, Int64Array
from traffic.geometry import BoolArray
from traffic.tracking import kalman, motion
from traffic.tracking.kalman import Moments
from traffic.tracking.observed import MEASURED, SCORE, Observed

NO_ID = 0
"""The id of a track that is not confirmed yet."""
UNSEEN = -1
"""The detection of a track that has none in this frame: the last column of the frame's table."""
NEVER = -(2**62)
"""The media time of what did not happen."""
WHOLE_SHARE = 0.9
"""A vehicle is seen whole if its score is this share of the best it lately had: hidden ones score less."""
BEST_FADES = 0.75
"""And that best one shrinks to this share of itself in a second."""
FALL_BACK_NS = 200_000_000
"""A track unseen for longer goes on from where it was last seen whole."""
GROWTH_STD = 0.2
"""By which share of itself a lost vehicle's height commonly grows or shrinks in a second: what the filter knows less
exactly than that is noise, and would bend its way in the seconds to come."""
OLDEST_WHOLE_NS = 1_000_000_000
"""If that was not longer than this before it was seen at all."""
HIDDEN_SHARE = 0.5
"""How much of a lost track's box another vehicle's must cover to hide it."""


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
        seen: (n,) bool, which have a detection in the last frame.
        confirmed: (n,) bool, which have an id.
        unconfirmed: how many have none.
    """

    __slots__ = (
        "_columns", "_states", "best_scores", "confirmed", "detection", "matches", "moments", "seen", "seen_ns",
        "track_ids", "unconfirmed", "whole", "whole_ns",
    )  # fmt: skip

    moments: Moments
    whole: Moments
    best_scores: Float64Array
    track_ids: Int64Array
    matches: Int64Array
    seen_ns: Int64Array
    whole_ns: Int64Array
    detection: Int64Array
    seen: BoolArray
    confirmed: BoolArray
    unconfirmed: int

    def __init__(self) -> None:
        self._hold(np.zeros((2, 5, 2, 2, 0)), np.zeros((5, 0), np.int64), np.zeros(0))

    def _hold(self, states: Float64Array, columns: Int64Array, best_scores: Float64Array) -> None:
        """Blocks, so that tracks come and go in few calls, and a view for each thing remembered."""
        self._states, self._columns, self.best_scores = states, columns, best_scores
        self.moments, self.whole = states
        self.track_ids, self.matches, self.seen_ns, self.whole_ns, self.detection = columns
        self.seen = self.detection >= 0
        self._count_confirmed()

    def _count_confirmed(self) -> None:
        self.confirmed = self.track_ids > NO_ID
        self.unconfirmed = len(self.confirmed) - int(np.count_nonzero(self.confirmed))

    def __len__(self) -> int:
        return len(self.best_scores)

    def keep(self, which: BoolArray) -> None:
        """Forget all tracks but those of the mask `which` (n,)."""
        places = which.nonzero()[0]
        if len(places) < len(which):
            states, columns = self._states.take(places, axis=-1), self._columns.take(places, axis=-1)
            self._hold(states, columns, self.best_scores.take(places))

    def keep_seen_or_confirmed(self) -> None:
        """Forget the rest: what was seen once or twice, and not in the last frame."""
        if self.unconfirmed:
            self.keep(self.seen | self.confirmed)

    def advance(self, dt_s: float) -> None:
        """Move all on by `dt_s` seconds."""
        motion.predict(self.moments, dt_s)

    def match(self, tracks: Int64Array, detections: Int64Array) -> None:
        """Let these tracks (k,) be those seen in the frame, with these detections (k,)."""
        self.detection.fill(UNSEEN)
        self.detection[tracks] = detections
        self.seen = self.detection >= 0

    def correct(self, observed: Observed, pts_ns: int) -> None:
        """Take in the detections of the seen tracks; the unseen ones take the one that tells nothing, the last."""
        measured = observed.table[MEASURED].take(self.detection, axis=1)
        kalman.correct(self.moments, measured[:4].reshape(2, 2, -1), measured[4:6])
        self.matches += self.seen
        np.copyto(self.seen_ns, pts_ns, where=self.seen)

    def remember(self, observed: Observed, pts_ns: int, elapsed_s: float) -> None:
        """Keep the state of those that are seen whole; `elapsed_s` since that was last done."""
        self.best_scores *= BEST_FADES**elapsed_s
        scores = observed.table[SCORE].take(self.detection)
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
        if not np.count_nonzero(lost):
            return
        back = (lost & (self.whole_ns >= self.seen_ns - OLDEST_WHOLE_NS)).nonzero()[0]
        if len(back):
            moments = self.whole.take(back, axis=-1)
            _calm_growth(moments)
            elapsed_s = (pts_ns - self.whole_ns.take(back)).astype(np.float64) * 1e-9
            motion.predict(moments, elapsed_s)
            self.moments[..., back] = moments
            self.whole_ns[back] = NEVER

    def hidden(self, which: BoolArray) -> BoolArray:
        """Which of the tracks `which` (n,) must be behind a vehicle that is seen and none of them, (n,)."""
        hidden = np.zeros(len(self), np.bool_)
        fronts = self.seen & ~which
        if np.count_nonzero(which) and np.count_nonzero(fronts):
            hidden[which] = _covered(self.moments[0][..., which], self.moments[0][..., fronts])
        return hidden

    def append(self, observed: Observed, detections: Int64Array, pts_ns: int) -> None:
        """Add tracks that begin with these detections (k,)."""
        measured = observed.table[MEASURED].take(detections, axis=1)
        moments = motion.start(measured[:4].reshape(2, 2, -1), measured[4:6])
        columns = np.empty((5, len(detections)), np.int64)
        columns[0], columns[1], columns[2], columns[3], columns[4] = NO_ID, 1, pts_ns, pts_ns, detections
        self._hold(
            np.concatenate([self._states, np.stack([moments, moments])], axis=-1),
            np.concatenate([self._columns, columns], axis=-1),
            np.concatenate([self.best_scores, np.zeros(len(detections))]),
        )

    def confirm(self, matches: int, first_id: int) -> int:
        """Number the tracks that have this many matches from `first_id` on; how many they are."""
        if not self.unconfirmed:
            return 0
        new = ((self.track_ids == NO_ID) & (self.matches >= matches)).nonzero()[0]
        if len(new):
            self.track_ids[new] = np.arange(first_id, first_id + len(new))
            self._count_confirmed()
        return len(new)


def _calm_growth(moments: Moments) -> None:
    """Take the height's growth for what it most likely is, between what was measured and none, and the width's for the
    same, in place: a vehicle grows and shrinks in proportion.
    """
    size, speed = moments[0, 1], moments[1, 1]
    common = (size[1] * GROWTH_STD) ** 2
    speed[1] *= common / (common + moments[4, 1, 1])
    np.multiply(speed[1] / size[1], size[0], out=speed[0])


def _covered(boxes: Float64Array, fronts: Float64Array) -> BoolArray:
    """Which boxes (2, 2, k) one of `fronts` (2, 2, n) with a lower foot covers at least HIDDEN_SHARE of, (k,)."""
    (centre, size), (other_centre, other_size) = boxes[..., None], fronts[:, :, None]
    free = (size + other_size) / 2 - np.abs(centre - other_centre)
    shared = np.maximum(np.minimum(free, np.minimum(size, other_size)), 0)
    covered = shared[0] * shared[1] >= HIDDEN_SHARE * size[0] * size[1]
    covered &= other_centre[1] + other_size[1] / 2 > centre[1] + size[1] / 2
    some: BoolArray = covered.any(axis=1)
    return some
