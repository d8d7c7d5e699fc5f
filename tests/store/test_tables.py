import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.store.samples import record
from traffic.store.records import passage_row
from traffic.store.tables import CrossingRow, OutboxRow, ViolationRow


@pytest.mark.parametrize("column", ["evidence_path", "evidence_sha256", "evidence_size_bytes"])
def test_violation_without_evidence_is_refused(engine: Engine, column: str) -> None:
    row = passage_row(record(1, rules=("red_light",)))
    setattr(row.violations[0], column, None)
    with Session(engine) as session:
        session.add(row)
        with pytest.raises(IntegrityError, match=column):
            session.flush()


def test_crossing_of_no_passage_is_refused(engine: Engine) -> None:
    orphan = {"passage_id": "nobody", "position": 0, "line": "a", "direction": "forward", "pts_ns": 0}
    with Session(engine) as session, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        session.execute(insert(CrossingRow).values(**orphan))


def test_violation_of_no_passage_is_refused(engine: Engine) -> None:
    violation = passage_row(record(1, rules=("red_light",))).violations[0]
    orphan = {c.key: getattr(violation, c.key) for c in ViolationRow.__table__.columns} | {"passage_id": "nobody"}
    with Session(engine) as session, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        session.execute(insert(ViolationRow).values(**orphan))


def test_event_is_held_once(engine: Engine) -> None:
    event = {"event_id": "one", "topic": "t", "payload": "{}", "created_at": record(1).passage.started_at}
    with Session(engine) as session, pytest.raises(IntegrityError, match="event_id"):
        session.execute(insert(OutboxRow), [event, event])
