"""What a capture tells of its own well-being: events for the operator and counters for the metrics."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HealthKind = Literal["connected", "disconnected", "broken_frame_burst"]


@dataclass(frozen=True, slots=True)
class HealthEvent:
    """A camera's state changed. "connected" and "disconnected" come once a change, not once a try.

    Attributes:
        camera_id: the camera's id in the config.
        kind: what happened.
        at: when, UTC.
        detail: the reason, in words fit for an operator.
    """

    camera_id: str
    kind: HealthKind
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class CaptureStatistics:
    """A snapshot of a capture's counters; each only rises.

    Attributes:
        frames: frames delivered.
        broken_frames: packets or pictures that could not be decoded, and were left out.
        reconnects: connections that were tried after the first one.
        repaired_pts: delivered frames whose own time was missing or unfit, see `traffic.video.clock`.
    """

    frames: int = 0
    broken_frames: int = 0
    reconnects: int = 0
    repaired_pts: int = 0


class BurstMeter:
    """Tells when broken frames come in bulk: `threshold` of them among the last `window` pictures.

    Told once a burst; the next can only be told when the broken ones have left the window.
    """

    def __init__(self, *, threshold: int = 10, window: int = 100) -> None:
        self._threshold = threshold
        self._broken: deque[bool] = deque(maxlen=window)
        self._in_burst = False

    def good(self) -> None:
        """A picture was decoded."""
        self._broken.append(False)
        self._in_burst = self._in_burst and any(self._broken)

    def broken(self) -> bool:
        """A picture was broken; True if that makes it a burst."""
        self._broken.append(True)
        starts = not self._in_burst and sum(self._broken) >= self._threshold
        self._in_burst = self._in_burst or starts
        return starts
