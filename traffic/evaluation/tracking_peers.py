"""Other trackers beside ours, each as a function of a frame: optional, and never part of the product."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from traffic.datatypes import Detections, Float32Array, Int64Array
from traffic.tracking.bytetrack import Tracker
from traffic.tracking.settings import TrackerSettings

Told = tuple[Int64Array, Float32Array]
Update = Callable[[Detections, int], Told]
"""A frame's detections and media time in nanoseconds; the ids (n,) and boxes xyxy (n, 4) of the tracks seen in it."""
Begin = Callable[[float], Update]
"""A tracker for a recording of so many frames a second."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tracker to compare with: what it is called and what to install for it."""

    name: str
    package: str
    begin: Begin


def our_tracker(settings: TrackerSettings | None = None) -> Begin:
    """Ours; it takes time from the frames."""

    def begin(_: float) -> Update:
        tracker = Tracker(settings or TrackerSettings())

        def update(detections: Detections, pts_ns: int) -> Told:
            tracks = tracker.update(detections, pts_ns)
            return tracks.track_ids, tracks.xyxy

        return update

    return begin


def installed_peers() -> tuple[Mapping[str, Begin], tuple[str, ...]]:
    """The peers that are installed, by name and version, and for each that is not a line that says what to do."""
    there = [(peer, _version(peer.package)) for peer in PEERS]
    found = {f"{peer.name} {number}": peer.begin for peer, number in there if number is not None}
    missing = [f"left out {peer.name}: pip install {peer.package}" for peer, number in there if number is None]
    return found, tuple(missing)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _trackers(name: str) -> Begin:
    def begin(fps: float) -> Update:
        supervision = importlib.import_module("supervision")
        tracker = getattr(importlib.import_module("trackers"), name)(frame_rate=fps)

        def update(detections: Detections, _: int) -> Told:
            seen = supervision.Detections(
                xyxy=detections.xyxy.copy(), confidence=detections.scores.copy(), class_id=detections.class_ids.copy()
            )
            told = tracker.update(seen)
            known = np.asarray(told.tracker_id) >= 0
            return np.asarray(told.tracker_id[known], np.int64), np.asarray(told.xyxy[known], np.float32)

        return update

    return begin


def _pyxtrackers(fps: float) -> Update:
    tracker = importlib.import_module("pyxtrackers").BYTETracker(frame_rate=round(fps))

    def update(detections: Detections, _: int) -> Told:
        told = tracker.update(np.column_stack([detections.xyxy, detections.scores]).astype(np.float64))
        return told[:, 4].astype(np.int64), told[:, :4].astype(np.float32)

    return update


PEERS = (
    Peer("trackers ByteTrack", "trackers", _trackers("ByteTrackTracker")),
    Peer("trackers OC-SORT", "trackers", _trackers("OCSORTTracker")),
    Peer("pyxtrackers ByteTrack", "pyxtrackers", _pyxtrackers),
)
