"""The UTC labels of a camera's frames."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from traffic.video.clock import NS

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_CLOCK_CHANGE_NS = NS


class LiveLabels:
    """UTC labels of a camera's media time; nothing is computed from them, and media time never heeds them.

    The labels are anchored to the machine's UTC clock at the first picture of each connection, and again when that
    clock was set: when it has moved against the monotonic clock by more than a second. So a machine that boots with a
    wrong clock labels rightly from the moment that NTP sets it. Within an anchor labels are as far apart as the media
    times; over an anchor they may jump forwards or back, so they need not rise. A network that delivers late moves
    neither clock, and no label.

    Args:
        utc_ns: the machine's UTC clock, nanoseconds since 1970.
        monotonic_ns: the clock of the arrivals.
    """

    def __init__(
        self, utc_ns: Callable[[], int] = time.time_ns, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._utc_ns = utc_ns
        self._monotonic_ns = monotonic_ns
        self._utc_ahead_ns: int | None = None
        self._origin_us: int | None = None

    def connection_begins(self) -> None:
        """The next picture comes from a new connection."""
        self._origin_us = None

    def anchor(self, pts_ns: int, arrival_ns: int) -> float:
        """Heed the clocks as they stand now, for a picture at media time `pts_ns` that arrived at `arrival_ns`.

        Returns:
            By how many seconds the UTC clock was set since the last anchor, 0 where it was not.
        """
        ahead_ns = self._utc_ns() - self._monotonic_ns()
        moved_ns = 0 if self._utc_ahead_ns is None else ahead_ns - self._utc_ahead_ns
        was_set = abs(moved_ns) > _CLOCK_CHANGE_NS
        if self._origin_us is None:
            self._origin_us = (ahead_ns + arrival_ns - pts_ns) // 1000
        elif was_set:
            self._origin_us += moved_ns // 1000
        else:
            return 0.0
        self._utc_ahead_ns = ahead_ns
        return moved_ns / NS if was_set else 0.0

    def label(self, pts_ns: int) -> datetime:
        """UTC of media time `pts_ns`, by the last anchor.

        Raises:
            LookupError: there is none yet.
        """
        if self._origin_us is None:
            raise LookupError("a label needs an anchor first")
        return _EPOCH + timedelta(microseconds=self._origin_us + pts_ns // 1000)
