"""Media time: strictly rising integer nanoseconds out of whatever a container or a camera says."""

from fractions import Fraction

NS = 1_000_000_000
_DISCONTINUITY_NS = NS
_MAX_LEAD_NS = 2 * NS
_MAX_LAG_NS = 30 * NS
_SLEW_DIVISOR = 2000


def ticks_to_ns(ticks: int, time_base: Fraction) -> int:
    """`ticks` of `time_base` seconds in nanoseconds, rounded down; exact integer arithmetic."""
    return ticks * time_base.numerator * NS // time_base.denominator


class FileClock:
    """The clock of a recording: the first frame is at 0, the others keep their distance to it.

    Where the container's PTS is unfit it is repaired, so that time never stands still nor runs back:
      - a missing PTS: one nominal frame after the previous frame;
      - a PTS up to one second behind (repeated or swapped): half a nominal frame after the previous frame, and the
        frames that follow keep their own times;
      - a PTS further behind (recordings joined together): one nominal frame after the previous frame, and what follows
        is counted from there.

    Attributes:
        repaired: how many frames were given another time than their own.
    """

    def __init__(self, time_base: Fraction, nominal_rate: Fraction | None) -> None:
        self._time_base = time_base
        self._nominal_ns = int(NS / nominal_rate) if nominal_rate else NS // 25
        self._offset: int | None = None
        self._shift_ns = 0
        self._last_ns = -1
        self.repaired = 0

    def stamp(self, ticks: int | None) -> int:
        """The media time, in nanoseconds, of the frame with PTS `ticks` (None where it has none)."""
        own = self._own_time(ticks)
        if self._last_ns < 0:
            self._last_ns = 0
        elif own is not None and own > self._last_ns:
            self._last_ns = own
        else:
            self._last_ns = self._repair(own)
        return self._last_ns

    def _own_time(self, ticks: int | None) -> int | None:
        if ticks is None:
            return None
        if self._offset is None:
            self._offset = ticks
            self._shift_ns = self._last_ns + self._nominal_ns if self._last_ns >= 0 else 0
        return ticks_to_ns(ticks - self._offset, self._time_base) + self._shift_ns

    def _repair(self, own: int | None) -> int:
        self.repaired += 1
        if own is None:
            return self._last_ns + self._nominal_ns
        if self._last_ns - own < _DISCONTINUITY_NS:
            return self._last_ns + max(1, self._nominal_ns // 2)
        resumed = self._last_ns + self._nominal_ns
        self._shift_ns += resumed - own
        return resumed


class LiveClock:
    """The clock of a camera: its own PTS within a connection, the elapsed time between connections.

    The first picture of all is at 0 and the first of each later connection where the monotonic clock stands. From there
    the camera's PTS counts, pulled towards the monotonic clock by at most 1/2000 of the elapsed time (as NTP slews a
    clock), so that a camera's quartz cannot drift away over weeks and network jitter does not disturb speeds. Where a
    PTS is missing, does not rise, is more than two seconds ahead of the monotonic clock (no picture arrives before it
    is taken) or 30 seconds behind it (a network that stalls delivers late), the arrival counts instead.

    Attributes:
        repaired: how many pictures were given their arrival instead of their PTS.
    """

    def __init__(self) -> None:
        self._start_ns: int | None = None
        self._offset_ns: int | None = None
        self._last_pts_ns = 0
        self._last_ns = -1
        self._last_arrival_ns = 0
        self.repaired = 0

    def connection_begins(self) -> None:
        """The next picture comes from a new connection, whose PTS has nothing to do with the old one's."""
        self._offset_ns = None

    def stamp(self, pts_ns: int | None, arrival_ns: int) -> int:
        """The media time of a picture with the camera's `pts_ns`, arrived at `arrival_ns` monotonic."""
        if self._start_ns is None:
            self._start_ns = self._last_arrival_ns = arrival_ns
        elapsed = max(1, arrival_ns - self._last_arrival_ns)
        now = arrival_ns - self._start_ns
        own = self._own_time(pts_ns, now, elapsed)
        self._last_ns = self._arrival_time(pts_ns, now, elapsed) if own is None else own
        self._last_arrival_ns = arrival_ns
        return self._last_ns

    def _own_time(self, pts_ns: int | None, now: int, elapsed: int) -> int | None:
        if pts_ns is None or self._offset_ns is None or pts_ns <= self._last_pts_ns:
            return None
        limit = elapsed // _SLEW_DIVISOR
        error = now - (pts_ns + self._offset_ns)
        if not -_MAX_LEAD_NS <= error <= _MAX_LAG_NS:
            return None
        own = pts_ns + self._offset_ns + max(-limit, min(limit, error))
        if own <= self._last_ns:
            return None
        self._offset_ns, self._last_pts_ns = own - pts_ns, pts_ns
        return own

    def _arrival_time(self, pts_ns: int | None, now: int, elapsed: int) -> int:
        first_of_connection = self._offset_ns is None and pts_ns is not None
        self.repaired += not first_of_connection
        stamp = max(now, self._last_ns + min(elapsed, NS)) if self._last_ns >= 0 else now
        if pts_ns is not None:
            self._offset_ns, self._last_pts_ns = stamp - pts_ns, pts_ns
        return stamp
