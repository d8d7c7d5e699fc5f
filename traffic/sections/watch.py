"""Which stretches of time have to be looked at: those that settle, where passages came late, where pictures lacked.

The record has no order of arrival, so what came late is found by counting: an hour that has more passages than when it
was last looked at has new ones. What was counted is not kept anywhere: the first look sees every hour as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from traffic.sections.doubts import SAME_VIEW_S
from traffic.sections.reading import LONGEST_PASSAGE, HourCount
from traffic.sections.settings import SectionSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TimeStretch:
    """From `since` on and before `until`."""

    since: datetime
    until: datetime


class HourWatch:
    """Remembers how many passages every hour had."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}

    def changed(self, counts: Iterable[HourCount]) -> list[HourCount]:
        """The hours that are not as they were told to `looked_at`."""
        return [count for count in counts if self._counts.get((count.camera_id, count.hour)) != count.count]

    def looked_at(self, counts: Iterable[HourCount]) -> None:
        """The record is as these hours have it, or newer."""
        self._counts.update({(count.camera_id, count.hour): count.count for count in counts})

    def forget_before(self, since: datetime) -> None:
        """Hours that are not counted any more."""
        first = hour_of(since)
        self._counts = {key: count for key, count in self._counts.items() if key[1] >= first}


def hour_of(at: datetime) -> int:
    """Hours since 1970, rounded down."""
    return (at - _EPOCH) // HOUR


def hour_start(hour: int) -> datetime:
    """UTC."""
    return _EPOCH + hour * HOUR


def settling(section: SectionSettings, before: datetime, now: datetime) -> TimeStretch:
    """Where the exits lie that settled after `before` and until `now`."""
    lateness = timedelta(seconds=section.lateness_s)
    shortest, longest = timedelta(seconds=SAME_VIEW_S), timedelta(seconds=section.maximum_duration_s + SAME_VIEW_S)
    return TimeStretch(before - lateness - longest, now - lateness + shortest)


def around(hours: Iterable[HourCount], section: SectionSettings) -> list[TimeStretch]:
    """Where the exits lie that passages of these hours may concern, a stretch of a day at most each.

    A passage is counted in the hour of its start, and its moment may lie LONGEST_PASSAGE later.
    """
    reach = timedelta(seconds=2 * section.maximum_duration_s + SAME_VIEW_S)
    stretches = (
        TimeStretch(hour_start(hour) - reach, hour_start(hour + 1) + LONGEST_PASSAGE + reach)
        for hour in sorted({count.hour for count in hours})
    )
    return list(_joined(stretches))


def whole_hours(moments: Iterable[datetime]) -> list[TimeStretch]:
    """The hours in which they lie, a stretch of a day at most each."""
    hours = sorted({hour_of(at) for at in moments})
    return list(_joined(TimeStretch(hour_start(hour), hour_start(hour + 1)) for hour in hours))


def _joined(stretches: Iterable[TimeStretch]) -> Iterator[TimeStretch]:
    last: TimeStretch | None = None
    for stretch in stretches:
        if last is None:
            last = stretch
        elif stretch.since <= last.until and stretch.until - last.since <= timedelta(days=1):
            last = TimeStretch(last.since, stretch.until)
        else:
            yield last
            last = stretch
    if last is not None:
        yield last


def pieces(stretch: TimeStretch, length: timedelta = timedelta(days=1)) -> Iterator[TimeStretch]:
    """The stretch in pieces of at most this length, the earliest first."""
    since = stretch.since
    while since < stretch.until:
        until = min(since + length, stretch.until)
        yield TimeStretch(since, until)
        since = until
