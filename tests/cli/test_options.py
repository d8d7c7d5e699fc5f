"""Options that several commands share."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.cli.project import Project, Traffic
from traffic.cli.options import record_filter
from traffic.store.queries import RecordFilter

AT = datetime(2026, 5, 4, tzinfo=timezone.utc)


def test_the_options_are_the_stores_filter() -> None:
    assert record_filter(AT, None, "north", "speeding", "car", "A*", 5) == RecordFilter(
        since=AT, until=None, camera_id="north", rule="speeding", vehicle_type="car", plate="A*", limit=5
    )


def test_alike_plates_are_asked_for() -> None:
    assert record_filter(None, None, None, None, None, "A*", 5, alike=True).alike


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--type", "lorry"], "motorcycle"),
        (["--limit", "0"], "limit"),
        (["--since", "later"], "2h"),
        (["--until", "2026-02-30"], "until"),
        (["--alike"], "--plate"),
    ],
)
@pytest.mark.parametrize("kind", ["passages", "violations"])
def test_a_wrong_value_is_refused_with_what_is_expected(
    kind: str, options: list[str], said: str, traffic: Traffic, recorded: Project
) -> None:
    answer = traffic(kind, "list", "-c", recorded.config, *options)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
