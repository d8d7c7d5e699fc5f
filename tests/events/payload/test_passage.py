from dataclasses import replace
from datetime import datetime

import pytest
from builders import STARTED_AT, passage
from pydantic import ValidationError

from tests.store.samples import known_plate
from traffic.datatypes import LineCrossing
from traffic.events.payload import passage_event


def test_passage_of_which_little_is_known() -> None:
    event = passage_event(passage())
    assert (event.colour, event.plate, event.plate_hash, event.speed, event.crossings) == (None, None, None, None, ())


def test_passage_of_which_all_is_known() -> None:
    event = passage_event(
        passage(colour="red", plate=known_plate("A123BC77"), crossings=(LineCrossing("stop", "forward", 1_234),))
    )
    assert event.plate is not None
    assert (event.plate.text, event.plate.probability, event.plate.readings) == ("A123BC77", 0.97, 7)
    assert [(c.line, c.direction, c.pts_ns) for c in event.crossings] == [("stop", "forward", 1_234)]
    assert (event.colour, event.started_at, event.end_pts_ns) == ("red", STARTED_AT, 760_000_000)


def test_passage_whose_plate_is_told_as_a_hash() -> None:
    event = passage_event(passage(plate_hash="ab" * 32))
    assert (event.plate, event.plate_hash) == (None, "ab" * 32)


@pytest.mark.parametrize("wrong", ["A123BC77", "AB" * 32, "ab" * 31])
def test_what_is_no_hash_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="plate_hash"):
        passage_event(passage(plate_hash=wrong))


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        passage_event(replace(passage(), started_at=datetime(2026, 5, 4)))  # noqa: DTZ001
