"""ByteTrack's two-stage association for one camera, in media time.

After Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV 2022, with four changes:
noise and patience are in seconds, not in frames; the IoU is grown by the prediction's own uncertainty; a weak detection
may find a lost track, since a hidden vehicle comes out half hidden; and what is told is the detection's box, not the
filter's estimate.
"""

from __future__ import annotations

import numpy as np

from traffic.datatypes import Detections, Int64Array, Tracks
from traffic.geometry import BoolArray
from traffic.tracking.assignment import best_pairs
from traffic.tracking.live import NEVER, LiveTracks
from traffic.tracking.observed import Observed, score_steps
from traffic.tracking.settings import TrackerSettings
from traffic.tracking.similarity import candidates

LOST_WORTH = 0.8
"""What a pair with a track that was not seen in the frame before is worth, as a share of one that was."""
HIDDEN_PATIENCE = 1.25
"""How many times as long as for others is waited for a vehicle that another one must be hiding."""
LOOK_BACK_NS = 75_000_000
"""How often it is noted which vehicles are seen whole; nothing changes in less."""


class Tracker:
    """Gives every vehicle of one camera a number that stays with it.

    Ids begin at 1 and rise in the order of the first detection. The result depends only on the detections and media
    times, not on the order of a frame's rows. Classes play no part: a car taken for a van in one frame stays itself.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._steps = score_steps(settings)
        self._patience_ns = round(settings.lost_after_s * 1e9)
        self._longer_ns = round((HIDDEN_PATIENCE - 1) * self._patience_ns)
        self._live = LiveTracks()
        self._next_id = 1
        self._pts_ns: int | None = None
        self._looked_back_ns = NEVER
        self._oldest_ns = NEVER

    def update(self, detections: Detections, pts_ns: int) -> Tracks:
        """Continue the tracks with the detections of the next frame.

        Args:
            detections: of the frame; never changed.
            pts_ns: its media time, later than the frame before.

        Returns:
            The confirmed tracks matched in this frame, ids rising, and the confirmed ones that ended before it.

        Raises:
            ValueError: `pts_ns` does not rise.
        """
        self._advance(pts_ns)
        ended = self._expire(pts_ns)
        observed = Observed.among(detections, self._steps)
        live = self._live
        self._match(observed)
        live.correct(observed, pts_ns)
        self._look_back(observed, pts_ns)
        live.keep_seen_or_confirmed()
        self._start(observed, detections, pts_ns)
        self._next_id += live.confirm(self._settings.confirm_after_matches, self._next_id)
        return self._told(detections, observed, ended)

    def finish(self) -> tuple[int, ...]:
        """End every track; the confirmed ids not told in `ended_ids` yet, rising."""
        ended = _ids(self._live, self._live.confirmed)
        self._live = LiveTracks()
        return ended

    def _advance(self, pts_ns: int) -> None:
        if self._pts_ns is not None:
            if pts_ns <= self._pts_ns:
                raise ValueError(f"pts_ns: expected more than {self._pts_ns}, the frame before, got {pts_ns}")
            self._live.advance((pts_ns - self._pts_ns) * 1e-9)
        self._pts_ns = pts_ns

    def _look_back(self, observed: Observed, pts_ns: int) -> None:
        elapsed_ns = pts_ns - self._looked_back_ns
        if elapsed_ns >= LOOK_BACK_NS:
            self._live.remember(observed, pts_ns, elapsed_ns * 1e-9)
            self._live.fall_back(pts_ns)
            self._looked_back_ns = pts_ns

    def _expire(self, pts_ns: int) -> tuple[int, ...]:
        last_ns = pts_ns - self._patience_ns
        if last_ns <= self._oldest_ns:
            return ()
        live = self._live
        lost = live.seen_ns < last_ns
        if np.count_nonzero(lost):
            lost &= ~live.hidden(lost & (live.seen_ns >= last_ns - self._longer_ns))
        ended = _ids(live, lost & live.confirmed)
        live.keep(~lost)
        self._oldest_ns = int(live.seen_ns.min(initial=pts_ns))
        return ended

    def _match(self, observed: Observed) -> None:
        """Strong detections with all tracks, then weak ones with those left over, in one assignment: WEAK_WORTH."""
        pairs = candidates(self._live.moments, observed)
        just_seen = self._live.seen.take(pairs.rows)
        weak = self._settings.weak_match_iou, self._settings.weak_lost_iou
        least_iou = np.where(just_seen, *weak)
        least_iou[pairs.columns < observed.strong] = self._settings.match_iou
        which = (pairs.iou >= least_iou).nonzero()[0]
        rows, columns = pairs.rows.take(which), pairs.columns.take(which)
        worth = (pairs.worth * np.where(just_seen, 1.0, LOST_WORTH)).take(which)
        self._live.match(*best_pairs(rows, columns, worth))

    def _start(self, observed: Observed, detections: Detections, pts_ns: int) -> None:
        free = np.ones(len(observed) + 1, np.bool_)
        free[self._live.detection] = False
        new = free[: observed.startable].nonzero()[0]
        if len(new):
            taken = self._live.detection[self._live.seen]
            new = observed.without_duplicates(new, taken, detections, self._settings.duplicate_iou)
            self._live.append(observed, new, pts_ns)

    def _told(self, detections: Detections, observed: Observed, ended: tuple[int, ...]) -> Tracks:
        told: Int64Array = (self._live.seen & self._live.confirmed).nonzero()[0]
        rows = observed.rows.take(self._live.detection.take(told))
        return Tracks(
            track_ids=self._live.track_ids.take(told),
            detection_index=rows,
            xyxy=detections.xyxy.take(rows, axis=0),
            scores=detections.scores.take(rows),
            class_ids=detections.class_ids.take(rows),
            ended_ids=ended,
        )


def _ids(live: LiveTracks, which: BoolArray) -> tuple[int, ...]:
    return tuple(live.track_ids[which].tolist())
