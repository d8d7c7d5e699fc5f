"""ByteTrack's two-stage association for one camera, in media time.

After Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV 2022, with four changes:
noise and patience are in seconds, not in frames; the IoU is grown by the prediction's own uncertainty; a weak detection
may find a lost track, since a hidden vehicle comes out half hidden; and what is told is the detection's box, not the
filter's estimate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Detections, Int64Array, Tracks
from traffic.tracking.assignment import best_pairs
from traffic.tracking.live import NEVER, UNSEEN, LiveTracks
from traffic.tracking.observed import Observed
from traffic.tracking.settings import TrackerSettings
from traffic.tracking.similarity import Candidates, candidates

LOST_WORTH = 0.8
"""What a pair with a track that was not seen in the frame before is worth, as a share of one that was."""
LOOK_BACK_NS = 75_000_000
"""How often it is noted which vehicles are seen whole; nothing changes in less."""
_Mask = NDArray[np.bool_]


class Tracker:
    """Gives every vehicle of one camera a number that stays with it.

    Ids begin at 1 and rise in the order of the first detection. The result depends only on the detections and media
    times, not on the order of a frame's rows. Classes play no part: a car taken for a van in one frame stays itself.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._live = LiveTracks()
        self._next_id = 1
        self._pts_ns: int | None = None
        self._looked_back_ns = NEVER

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
        observed = Observed.among(detections, self._settings.low_score)
        self._match(observed)
        self._live.correct(observed, pts_ns)
        self._look_back(observed, pts_ns)
        self._live.keep(self._live.seen | self._live.confirmed)
        self._start(observed, detections, pts_ns)
        self._next_id += self._live.confirm(self._settings.confirm_after_matches, self._next_id)
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
        lost = self._live.seen_ns < pts_ns - round(self._settings.lost_after_s * 1e9)
        if not lost.any():
            return ()
        ended = _ids(self._live, lost & self._live.confirmed)
        self._live.keep(~lost)
        return ended

    def _match(self, observed: Observed) -> None:
        just_seen = self._live.seen
        self._live.detection.fill(UNSEEN)
        if not len(self._live) or not len(observed):
            return
        pairs = candidates(self._live.moments, observed.boxes, observed.scores)
        np.multiply(pairs.worth, np.where(just_seen, 1.0, LOST_WORTH).take(pairs.rows), out=pairs.worth)
        strong = pairs.columns < observed.count(self._settings.high_score)
        self._pair(pairs, strong & (pairs.iou >= self._settings.match_iou))
        least_iou = np.where(just_seen, self._settings.weak_match_iou, self._settings.weak_lost_iou)
        least_iou[self._live.seen] = np.inf
        self._pair(pairs, ~strong & (pairs.iou >= least_iou.take(pairs.rows)))

    def _pair(self, pairs: Candidates, possible: _Mask) -> None:
        which = possible.nonzero()[0]
        if not len(which):
            return
        rows, columns = best_pairs(pairs.rows.take(which), pairs.columns.take(which), pairs.worth.take(which))
        self._live.detection[rows] = columns

    def _start(self, observed: Observed, detections: Detections, pts_ns: int) -> None:
        free = np.ones(len(observed), np.bool_)
        taken = self._live.detection[self._live.seen]
        free[taken] = False
        new = free[: observed.count(self._settings.new_track_score)].nonzero()[0]
        if len(new):
            new = observed.without_duplicates(new, taken, detections, self._settings.duplicate_iou)
            self._live.append(observed.boxes[..., new], observed.variance[:, new], new, pts_ns)

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


def _ids(live: LiveTracks, which: _Mask) -> tuple[int, ...]:
    return tuple(live.track_ids[which].tolist())
