"""ByteTrack's two-stage association for one camera, in media time.

After Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV 2022, with three changes:
noise and patience are in seconds, not in frames; the IoU is grown by the prediction's own uncertainty; and what is
told is the detection's box, not the filter's estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traffic.datatypes import Detections, Float32Array, Float64Array, Int64Array, Tracks
from traffic.geometry import box_iou
from traffic.tracking import motion
from traffic.tracking.assignment import best_pairs
from traffic.tracking.live import UNSEEN, LiveTracks
from traffic.tracking.settings import TrackerSettings
from traffic.tracking.similarity import candidates

_Mask = NDArray[np.bool_]


class Tracker:
    """Gives every vehicle of one camera a number that stays with it.

    Ids begin at 1 and rise in the order of the first detection. The result depends only on the detections and media
    times, not on the order of a frame's rows. Classes play no part: a car taken for a van in one frame stays itself.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._live = LiveTracks.none()
        self._next_id = 1
        self._pts_ns: int | None = None

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
        seen = _Seen.among(detections, self._settings.low_score)
        self._match(seen)
        self._live.correct(seen.measured, seen.scores, pts_ns)
        self._live.keep(self._live.seen | self._live.confirmed)
        self._start(seen, pts_ns)
        self._next_id += self._live.confirm(self._settings.confirm_after_matches, self._next_id)
        return self._told(detections, seen, ended)

    def finish(self) -> tuple[int, ...]:
        """End every track; the confirmed ids not told in `ended_ids` yet, rising."""
        ended = _ids(self._live, self._live.confirmed)
        self._live = LiveTracks.none()
        return ended

    def _advance(self, pts_ns: int) -> None:
        if self._pts_ns is not None:
            if pts_ns <= self._pts_ns:
                raise ValueError(f"pts_ns: expected more than {self._pts_ns}, the frame before, got {pts_ns}")
            self._live.moments = motion.predict(self._live.moments, (pts_ns - self._pts_ns) * 1e-9)
        self._pts_ns = pts_ns

    def _expire(self, pts_ns: int) -> tuple[int, ...]:
        lost = pts_ns - self._live.seen_ns > self._settings.lost_after_s * 1e9
        ended = _ids(self._live, lost & self._live.confirmed)
        self._live.keep(~lost)
        return ended

    def _match(self, seen: _Seen) -> None:
        live, settings = self._live, self._settings
        just_seen = live.seen
        live.detection = np.full_like(live.detection, UNSEEN)
        strong = seen.scores >= settings.high_score
        self._associate(~live.seen, strong, seen, settings.match_iou)
        self._associate(~live.seen & just_seen, ~strong, seen, settings.weak_match_iou)

    def _associate(self, tracks: _Mask, detections: _Mask, seen: _Seen, least_iou: float) -> None:
        track, detection = np.flatnonzero(tracks), np.flatnonzero(detections)
        if len(track) and len(detection):
            moments, measured = self._live.moments[:, track], seen.measured[detection]
            rows, columns = best_pairs(candidates(moments, measured, seen.scores[detection], least_iou))
            self._live.detection[track[rows]] = detection[columns]

    def _start(self, seen: _Seen, pts_ns: int) -> None:
        free = seen.scores >= self._settings.new_track_score
        taken = self._live.detection[self._live.seen]
        free[taken] = False
        if free.any():
            new = seen.without_duplicates(np.flatnonzero(free), taken, self._settings.duplicate_iou)
            self._live.append(motion.start(seen.measured[new], seen.scores[new]), new, pts_ns)

    def _told(self, detections: Detections, seen: _Seen, ended: tuple[int, ...]) -> Tracks:
        told = np.flatnonzero(self._live.seen & self._live.confirmed)
        rows = seen.rows[self._live.detection[told]]
        return Tracks(
            track_ids=self._live.track_ids[told],
            detection_index=rows,
            xyxy=detections.xyxy[rows],
            scores=detections.scores[rows],
            class_ids=detections.class_ids[rows],
            ended_ids=ended,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A frame's m detections of use, the best first and in an order that does not depend on the caller's rows."""

    rows: Int64Array
    xyxy: Float32Array
    measured: Float64Array
    scores: Float32Array

    @classmethod
    def among(cls, detections: Detections, low_score: float) -> _Seen:
        x1, y1, x2, y2 = detections.xyxy.T
        order = np.lexsort((detections.class_ids, y2, x2, y1, x1, -detections.scores))
        rows = order[detections.scores[order] >= low_score]
        xyxy = detections.xyxy[rows]
        return cls(rows, xyxy, motion.coordinates(xyxy), detections.scores[rows])

    def without_duplicates(self, new: Int64Array, taken: Int64Array, duplicate_iou: float) -> Int64Array:
        """Those of `new` (k,), rising, that are not a second box of a vehicle in `taken` or earlier in `new`."""
        overlap = box_iou(self.xyxy[new], self.xyxy[np.concatenate([taken, new])])
        earlier = np.tri(len(new), len(taken) + len(new), len(taken) - 1, dtype=np.bool_)
        first: Int64Array = new[~((overlap >= duplicate_iou) & earlier).any(axis=1)]
        return first


def _ids(live: LiveTracks, which: _Mask) -> tuple[int, ...]:
    return tuple(live.track_ids[which].tolist())
