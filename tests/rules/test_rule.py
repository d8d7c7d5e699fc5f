import uuid
from datetime import timedelta

from builders import STARTED_AT, passage

from traffic.datatypes import Fact
from traffic.rules.rule import violation


def test_a_violation_names_its_passage_rule_and_moment():
    of = passage()
    told = violation("speeding", of, 1_234_567_890, (Fact("speed", 20.0, "m/s"),))
    assert told.occurred_at == STARTED_AT + timedelta(microseconds=1_234_567)
    assert (told.passage_id, told.camera_id, told.rule) == (of.passage_id, "north", "speeding")


def test_ids_follow_from_passage_and_rule_alone():
    first, second = passage(), passage(passage_id="5a6bfa1c-52cd-5b6e-8a0a-6f1b1d1e4c10")
    ids = [
        violation(rule, of, pts, ()).violation_id
        for rule, of, pts in [("a", first, 1), ("a", first, 2), ("b", first, 1), ("a", second, 1)]
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(uuid.UUID(each).version == 5 for each in ids)
