from dataclasses import replace

import pytest
from builders import passage
from pydantic import ValidationError

from tests.store.samples import record as sample
from tests.store.samples import violation_record
from traffic.datatypes import EvidenceFile, Fact
from traffic.events.payload import passage_event, violation_event


def test_violation_says_what_is_known_of_the_vehicle() -> None:
    record = violation_record(1)
    event = violation_event(sample(1, plate_text="K555AT99").passage, record.violation, record.evidence)
    assert event.plate is not None
    assert (event.plate.text, event.vehicle_type, event.rule) == ("K555AT99", "car", "red_light")
    assert [(fact.name, fact.value, fact.unit) for fact in event.facts] == [
        ("speed", 69.84, "km/h"),
        ("red for", 1.5, "s"),
    ]
    assert (event.evidence.path, event.evidence.size_bytes) == ("north/1.jpg", 1001)


def test_replay_gives_the_same_ids_and_kinds_differ() -> None:
    record = violation_record(1)
    again = [violation_event(sample(1).passage, record.violation, record.evidence) for _ in range(2)]
    assert again[0].event_id == again[1].event_id
    assert len({again[0].event_id, passage_event(sample(1).passage).event_id, passage_event(passage()).event_id}) == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_figure_that_json_cannot_say(value: float) -> None:
    record = violation_record(1)
    broken = replace(record.violation, facts=(Fact("speed", value, "m/s"),))
    with pytest.raises(ValidationError, match="finite"):
        violation_event(sample(1).passage, broken, record.evidence)


def test_evidence_without_a_checksum_is_refused() -> None:
    record = violation_record(1)
    with pytest.raises(ValidationError, match="sha256"):
        violation_event(sample(1).passage, record.violation, EvidenceFile("a.jpg", "none", 1))
