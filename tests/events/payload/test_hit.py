from builders import passage

from tests.store.samples import known_plate, list_hit
from traffic.events.payload import hit_event, passage_event
from traffic.store.records import hit_id


def test_hit_says_which_list_and_what_is_known_of_the_vehicle() -> None:
    of = passage(plate=known_plate("A123BC77"), colour="red")
    event = hit_event(of, list_hit("region", "A*", "pattern"))
    assert event.plate is not None
    assert (event.plate.display, event.colour, event.vehicle_type) == ("А 123 ВС 77", "red", "car")
    told = (event.list_name, event.kind, event.entry, event.match, event.note, event.occurred_at)
    assert told == ("region", "watch", "A*", "pattern", "red lorry", of.ended_at)


def test_hit_of_a_plate_that_is_told_as_a_hash() -> None:
    event = hit_event(passage(plate_hash="ab" * 32), list_hit())
    assert (event.plate, event.plate_hash) == (None, "ab" * 32)


def test_replay_gives_the_same_ids_and_lists_differ() -> None:
    hits = [list_hit(), list_hit(), list_hit("region"), list_hit(entry="A*")]
    events = [hit_event(passage(), hit) for hit in hits]
    assert [str(event.hit_id) for event in events] == [hit_id(passage().passage_id, hit) for hit in hits]
    assert len({event.event_id for event in events}) == 3
    assert passage_event(passage()).event_id not in {event.event_id for event in events}
