"""List hits as they stand on record."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import STARTED_AT, passage, reading

from traffic.datatypes import ListHit, Plate
from traffic.lists.hits import HitFilter, list_hits
from traffic.store.database import open_for_recording
from traffic.store.records import PassageRecord
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

STOLEN = ListHit("stolen", "watch", "A123BC77", "exact", "blue")
GUEST = ListHit("guests", "allow", "A*", "pattern")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Minute 0: a stolen car and guest in the north; minute 1: a guest in the south, whose plate is not kept."""
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path_factory.mktemp('hits')}/traffic.db")
    plate = Plate("A123BC77", 0.9, 3, reading("A123BC77"), certain=True)
    seen = [
        PassageRecord(
            replace(
                passage(plate=of, camera_id=camera, passage_id=f"aaaaaaa{minute}-0000-4000-8000-000000000000"),
                ended_at=STARTED_AT + timedelta(minutes=minute),
            ),
            hits=hits,
        )
        for minute, (camera, of, hits) in enumerate([("north", plate, (STOLEN, GUEST)), ("south", None, (GUEST,))])
    ]
    with open_for_recording(settings) as opened:
        Repository(opened, settings).record(seen)
        yield opened


@pytest.mark.parametrize(
    ("what", "wanted", "expected"),
    [
        ("all", HitFilter(), ["guests south", "guests north", "stolen north"]),
        ("one list", HitFilter(list_name="stolen"), ["stolen north"]),
        ("one camera", HitFilter(camera_id="south"), ["guests south"]),
        ("since", HitFilter(since=STARTED_AT + timedelta(seconds=1)), ["guests south"]),
        ("until", HitFilter(until=STARTED_AT + timedelta(seconds=1)), ["guests north", "stolen north"]),
        ("the newest", HitFilter(limit=1), ["guests south"]),
        ("none", HitFilter(list_name="fire"), []),
    ],
)
def test_hits_of(engine, what, wanted, expected):
    found = [f"{hit.list_name} {hit.camera_id}" for hit in list_hits(engine, wanted)]
    assert sorted(found) == sorted(expected)
    assert found[:1] == expected[:1]


def test_a_hit_tells_what_was_recorded_and_the_plate_of_its_passage(engine):
    (hit,) = list_hits(engine, HitFilter(list_name="stolen"))
    assert (hit.kind, hit.entry, hit.match, hit.note, hit.plate, hit.certain) == (
        "watch",
        "A123BC77",
        "exact",
        "blue",
        "A123BC77",
        True,
    )
    assert hit.occurred_at == STARTED_AT


def test_a_plate_that_is_not_kept_is_none(engine):
    (hit,) = list_hits(engine, HitFilter(camera_id="south"))
    assert (hit.plate, hit.certain) == (None, None)
