"""Moments as people write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.cli.moments import parse_moment

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30s", NOW - timedelta(seconds=30)),
        ("45m", NOW - timedelta(minutes=45)),
        ("2h", NOW - timedelta(hours=2)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14)),
        ("0d", NOW),
        (" 2h ", NOW - timedelta(hours=2)),
        ("2026-05-01T14:30+03:00", datetime(2026, 5, 1, 14, 30, tzinfo=MOSCOW)),
        ("2026-05-01T14:30:05Z", datetime(2026, 5, 1, 14, 30, 5, tzinfo=timezone.utc)),
        ("2026-05-01 14:30+00:00", datetime(2026, 5, 1, 14, 30, tzinfo=timezone.utc)),
    ],
)
def test_what_is_meant(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


def test_without_an_offset_it_is_local_time() -> None:
    assert parse_moment("2026-05-01", NOW) == datetime(2026, 5, 1).astimezone()


@pytest.mark.parametrize("text", ["", "h", "2 hours", "-2h", "2y", "yesterday", "2026-13-01", "9" * 30 + "d", "2H"])
def test_what_is_not_understood_is_told_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected 2026-05-01, .*2h.*, got"):
        parse_moment(text, NOW)


@given(st.datetimes(timezones=st.just(timezone.utc)), st.integers(-14 * 60, 14 * 60))
def test_every_iso_moment_is_read_back(moment: datetime, offset_minutes: int) -> None:
    with suppress(OverflowError):
        moment = moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
    assert parse_moment(moment.isoformat(), NOW) == moment


@given(st.text(max_size=40))
def test_whatever_the_text_the_answer_is_aware_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert parse_moment(text, NOW).tzinfo is not None
