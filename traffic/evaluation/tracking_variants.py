"""The tracker with one choice at a time made otherwise: what a choice is worth is what is lost without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from traffic.datatypes import Float64Array
from traffic.simulation.camera import Camera
from traffic.tracking import bytetrack, kalman, live, motion, similarity
from traffic.tracking.kalman import Moments
from traffic.tracking.live import LiveTracks
from traffic.tracking.observed import HIGH, LOW, MEASURED, SCORE, Observed
from traffic.tracking.settings import TrackerSettings
from traffic.tracking.similarity import Candidates, candidates

Search = Callable[[Moments, Observed], Candidates]
FIXED_STEP_S, FIXED_SIZE_PX, SURE_SCORE = 0.1, 80.0, 0.85
NEVER_NS = 2**62


@dataclass(frozen=True)
class Change:
    """`owner.name` is `value` instead."""

    owner: object
    name: str
    value: object


@dataclass(frozen=True)
class Variant:
    """One row of the table: the settings and what else is changed."""

    name: str
    settings: TrackerSettings = field(default_factory=TrackerSettings)
    changes: Sequence[Change] = ()


@contextmanager
def applied(variant: Variant) -> Iterator[None]:
    """The changes hold inside, and no longer."""
    before = [Change(each.owner, each.name, getattr(each.owner, each.name)) for each in variant.changes]
    try:
        for each in variant.changes:
            setattr(each.owner, each.name, each.value)
        yield
    finally:
        for each in reversed(before):
            setattr(each.owner, each.name, each.value)


def variants() -> tuple[Variant, ...]:
    """The rows of the table in docs/tracking.md, the tracker as it is first."""
    return (Variant("**as it is**"), *_motion_variants(), *_memory_variants(), *_pair_variants(), *_setting_variants())


def road_plane(camera: Camera, most_m: float) -> Variant:
    """For one camera: a pair is possible only if the feet of both boxes are this near to each other on the road."""
    return Variant(f"road plane: at most {most_m:g} m apart", changes=(_searching(_near_on_road(camera, most_m)),))


def _motion_variants() -> tuple[Variant, ...]:
    return (
        Variant("time step fixed at 0.1 s", changes=(Change(LiveTracks, "advance", _fixed_step),)),
        Variant("straight in the picture, not on the road", changes=(Change(motion, "MOST_GROWTH", 0.0),)),
        Variant(
            "noise not scaled by confidence",
            changes=(
                Change(motion, "LEAST_NOISE", 1.0),
                Change(motion, "MEASURED_STD", motion.MEASURED_STD * (1 - SURE_SCORE * (1 - motion.LEAST_NOISE))),
            ),
        ),
        Variant("noise of a detection not scaled by size (80 px)", changes=(Change(motion, "measure", _one_size),)),
    )


def _memory_variants() -> tuple[Variant, ...]:
    return (
        Variant(
            "lost tracks do not fall back to where they were whole", changes=(Change(live, "FALL_BACK_NS", NEVER_NS),)
        ),
        Variant("growth of lost tracks as it was measured", changes=(Change(live, "GROWTH_STD", 1e3),)),
        Variant("no more patience with the hidden", changes=(Change(bytetrack, "HIDDEN_PATIENCE", 1.0),)),
        Variant("weak detections find no lost track", TrackerSettings(weak_lost_iou=0.999)),
        Variant("lost tracks worth as much as others", changes=(Change(bytetrack, "LOST_WORTH", 1.0),)),
        Variant(
            "re-update along the observations after a gap", changes=(Change(bytetrack, "LiveTracks", ReUpdatedTracks),)
        ),
    )


def _pair_variants() -> tuple[Variant, ...]:
    return (
        Variant("plain IoU, nothing grown", changes=(Change(similarity, "MARGIN_STDS", 0.0),)),
        Variant("height not weighed", changes=(_searching(_heights_alike),)),
        Variant("score not weighed", changes=(_searching(_scores_alike),)),
        Variant("size gate: no side may halve or double", changes=(_searching(_sizes_alike),)),
    )


def _setting_variants() -> tuple[Variant, ...]:
    return (
        Variant("no weak detections", TrackerSettings(low_score=0.5)),
        Variant("confirmed at once", TrackerSettings(confirm_after_matches=1)),
        Variant("confirmed after 3", TrackerSettings(confirm_after_matches=3)),
        *(Variant(f"lost after {seconds:g} s", TrackerSettings(lost_after_s=seconds)) for seconds in (1.0, 2.0, 4.0)),
    )


def _searching(search: Search) -> Change:
    return Change(bytetrack, "candidates", search)


def _fixed_step(tracks: LiveTracks, _: float) -> None:
    motion.predict(tracks.moments, FIXED_STEP_S)


def _one_size(corners: Float64Array, scores: Float64Array, boxes: Float64Array, variance: Float64Array) -> None:
    _MEASURE(corners, scores, boxes, variance)
    variance *= (FIXED_SIZE_PX / boxes[2:]) ** 2


_MEASURE = motion.measure


def _sides(moments: Moments, observed: Observed, found: Candidates) -> tuple[Float64Array, Float64Array]:
    """Width and height (2, k) of the track and of the detection of each pair."""
    theirs = observed.table[HIGH] - observed.table[LOW]
    return moments[0, 1].take(found.rows, axis=1), theirs.take(found.columns, axis=1)


def _heights_alike(moments: Moments, observed: Observed) -> Candidates:
    found = candidates(moments, observed)
    own, theirs = _sides(moments, observed, found)
    return found._replace(worth=found.worth * np.maximum(own[1], theirs[1]) / np.minimum(own[1], theirs[1]))


def _scores_alike(moments: Moments, observed: Observed) -> Candidates:
    found = candidates(moments, observed)
    return found._replace(worth=found.worth / observed.table[SCORE].take(found.columns))


def _sizes_alike(moments: Moments, observed: Observed) -> Candidates:
    found = candidates(moments, observed)
    own, theirs = _sides(moments, observed, found)
    alike = (np.maximum(own, theirs) <= 2 * np.minimum(own, theirs)).all(axis=0)
    return found._replace(iou=found.iou * alike)


def _near_on_road(camera: Camera, most_m: float) -> Search:
    def search(moments: Moments, observed: Observed) -> Candidates:
        found = candidates(moments, observed)
        centre, size = moments[0]
        own = camera.ground_metres(np.stack([centre[0], centre[1] + size[1] / 2], axis=1))
        low, high = observed.table[LOW], observed.table[HIGH]
        theirs = camera.ground_metres(np.stack([(low[0] + high[0]) / 2, high[1]], axis=1))
        apart = np.linalg.norm(own[found.rows] - theirs[found.columns], axis=1)
        return found._replace(iou=found.iou * (apart <= most_m))

    return search


class ReUpdatedTracks(LiveTracks):
    """Observation-centric re-update (Cao et al., Observation-Centric SORT, CVPR 2023): a track found again goes back to
    where it was last seen and from there along a straight line of virtual detections, one every VIRTUAL_S.
    """

    __slots__ = ("_left",)

    VIRTUAL_S = 0.1

    def __init__(self) -> None:
        super().__init__()
        self._left: dict[int, tuple[int, Moments, Float64Array]] = {}

    def correct(self, observed: Observed, pts_ns: int) -> None:
        """See LiveTracks."""
        measured = observed.table[MEASURED].take(self.detection, axis=1)
        for place in (self.seen & self.confirmed).nonzero()[0].tolist():
            self._go_back(place, measured[:, place], pts_ns)
        super().correct(observed, pts_ns)
        for place in (self.seen & self.confirmed).nonzero()[0].tolist():
            state = self.moments[..., place : place + 1].copy()
            self._left[int(self.track_ids[place])] = (pts_ns, state, measured[:, place])

    def _go_back(self, place: int, found: Float64Array, pts_ns: int) -> None:
        left_ns, state, last = self._left.get(int(self.track_ids[place]), (pts_ns, self.moments, found))
        elapsed_s = (pts_ns - left_ns) * 1e-9
        steps = int(elapsed_s / self.VIRTUAL_S)
        if steps < 2:
            return
        moments = state.copy()
        for step in range(1, steps):
            between = last + (found - last) * (step / steps)
            motion.predict(moments, elapsed_s / steps)
            kalman.correct(moments, between[:4].reshape(2, 2, 1), between[4:6].reshape(2, 1))
        motion.predict(moments, elapsed_s / steps)
        self.moments[..., place : place + 1] = moments
