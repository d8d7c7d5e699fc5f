"""Both databases find what one definition in Python says, among thousands of plates, and by their indexes."""

from __future__ import annotations

import fnmatch
import hashlib
import random
import re
from collections.abc import Iterator, Sequence

import pytest
from builders import STARTED_AT
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from tests.store.samples import number_id
from traffic.plates.confusions import CONFUSIONS, skeleton
from traffic.store.database import open_for_recording
from traffic.store.plate_search import PlateSearch, alike_search, exact_search
from traffic.store.settings import DatabaseSettings
from traffic.store.tables import PassageRow

LETTERS, DIGITS = "ABEKMHOPCTYX", "0123456789"
PAIRS = {(a, b) for group in CONFUSIONS for a in group for b in group}
COUNT = 4000


def hash_of(plate: str) -> str:
    return hashlib.sha256(b"key" + plate.encode()).hexdigest()


def random_plates(count: int, seed: int) -> list[str]:
    """Plates of which many are a character or two away from others."""
    draw = random.Random(seed)
    plates = ["".join(draw.choice(kind) for kind in (LETTERS, *[DIGITS] * 3, *[LETTERS] * 2)) + "77" for _ in range(40)]
    while len(plates) < count:
        plate = list(draw.choice(plates))
        place = draw.randrange(len(plate))
        act = draw.random()
        if act < 0.5:
            plate[place] = draw.choice([b for a, b in sorted(PAIRS) if a == plate[place]] or DIGITS)
        elif act < 0.8:
            plate[place] = draw.choice(LETTERS + DIGITS)
        elif act < 0.9:
            plate.insert(place, draw.choice(LETTERS + DIGITS))
        elif len(plate) > 5:
            del plate[place]
        plates.append("".join(plate))
    return plates


PLATES = random_plates(COUNT, seed=5)
TYPED = random.Random(8).sample([plate for number, plate in enumerate(PLATES) if number % 5], 12)


def fill(engine: Engine, plates: Sequence[str], *, hashed: bool = False) -> None:
    """One passage a plate; `hashed`: every fifth keeps its hash alone."""
    rows = [
        {
            "passage_id": number_id("passage", number),
            "camera_id": "north",
            "recording_id": "r",
            "track_id": number,
            "started_at": STARTED_AT,
            "ended_at": STARTED_AT,
            "start_pts_ns": 0,
            "end_pts_ns": 1,
            "vehicle_type": "car",
            "vehicle_type_share": 1.0,
            "path": (),
            "plate_text": None if hashed and number % 5 == 0 else plate,
            "plate_skeleton": None if hashed and number % 5 == 0 else skeleton(plate),
            "plate_hash": hash_of(plate) if hashed and number % 5 == 0 else None,
        }
        for number, plate in enumerate(plates)
    ]
    with engine.begin() as connection:
        connection.execute(insert(PassageRow), rows)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path_factory.mktemp('plates')}/traffic.db")
    if request.param == "postgresql":
        settings = request.getfixturevalue("new_schema")()
    with open_for_recording(settings) as engine:
        fill(engine, PLATES, hashed=True)
        yield engine


def found(engine: Engine, search: PlateSearch) -> dict[int, int]:
    """Numbers of the passages and their ranks."""
    query = select(PassageRow.track_id, search.rank).where(search.condition)
    with Session(engine) as session:
        return {row[0]: row[1] for row in session.execute(query)}


def differing(first: str, second: str) -> int:
    """Places at which two texts of one length differ by more than a confusion."""
    return sum((a, b) not in PAIRS and a != b for a, b in zip(first, second, strict=True))


def near(first: str, second: str) -> bool:
    """Whether texts are the same but for confusions, and one character changed, put in or left out."""
    if len(first) == len(second):
        return differing(first, second) <= 1
    short, long = sorted((first, second), key=len)
    return len(long) - len(short) == 1 and any(
        differing(short, long[:place] + long[place + 1 :]) == 0 for place in range(len(long))
    )


def expected_rank(plate: str, typed: str) -> int:
    if plate == typed:
        return 0
    if len(plate) == len(typed) and differing(plate, typed) == 0:
        return 1 if sum(map(str.__ne__, plate, typed)) == 1 else 2
    return 3


@pytest.mark.parametrize("typed", TYPED)
def test_alike_plates_are_those_of_the_definition(filled: Engine, typed: str) -> None:
    expected = {
        number: expected_rank(plate, typed) for number, plate in enumerate(PLATES) if number % 5 and near(plate, typed)
    }
    assert expected
    assert found(filled, alike_search(typed, filled.dialect)) == expected


@pytest.mark.parametrize("typed", TYPED[:8])
def test_plates_kept_as_hashes_are_found_by_the_key(filled: Engine, typed: str) -> None:
    ranks = {number: expected_rank(plate, typed) for number, plate in enumerate(PLATES) if near(plate, typed)}
    exactly = {number: 0 for number, rank in ranks.items() if rank == 0}
    assert found(filled, exact_search(typed, filled.dialect, hash_of)) == exactly
    readable = {number: rank for number, rank in ranks.items() if number % 5 or rank < 2}
    assert found(filled, alike_search(typed, filled.dialect, hash_of)) == readable


@pytest.mark.parametrize("pattern", ["A*", "*77", "?1*", "*8?*7", "M??0*", "k*7", "*", "в?*", "O123*", "???"])
def test_patterns_are_those_of_a_shell(filled: Engine, pattern: str) -> None:
    latin = pattern.upper().replace("В", "B")
    exactly = {n for n, plate in enumerate(PLATES) if n % 5 and fnmatch.fnmatchcase(plate, latin)}
    assert found(filled, exact_search(pattern, filled.dialect)) == dict.fromkeys(exactly, 0)
    classes = {c: f"[{group}]" for group in CONFUSIONS for c in group} | {"*": ".*", "?": "."}
    folded = re.compile("".join(classes.get(c, re.escape(c)) for c in latin))
    alike = {n: 0 if n in exactly else 2 for n, plate in enumerate(PLATES) if n % 5 and folded.fullmatch(plate)}
    assert found(filled, alike_search(pattern, filled.dialect)) == alike


@pytest.mark.parametrize("typed", ["", "%", "_", "A_23%", "'; DROP TABLE passages", "Ж", "\\", "A1" * 5000])
def test_what_no_plate_has_finds_none(filled: Engine, typed: str) -> None:
    assert found(filled, exact_search(typed, filled.dialect, hash_of)) == {}
    assert found(filled, alike_search(typed, filled.dialect, hash_of)) == {}


def plan(engine: Engine, search: PlateSearch) -> str:
    """How the database goes about it."""
    query = select(PassageRow.passage_id).where(search.condition)
    statement = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        else:
            connection.execute(text("ANALYZE passages"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            lines = connection.exec_driver_sql(f"EXPLAIN {statement}").all()
    return "\n".join(str(line[-1]) for line in lines)


def test_exact_and_alike_plates_are_found_by_an_index(filled: Engine) -> None:
    assert "ix_passages_plate_text" in plan(filled, exact_search("A123BC77", filled.dialect))
    assert "ix_passages_plate_skeleton" in plan(filled, alike_search("A123BC77", filled.dialect))
    hashed = plan(filled, alike_search("A123BC77", filled.dialect, hash_of))
    assert "ix_passages_plate_hash" in hashed
    assert "ix_passages_plate_skeleton" in hashed


def test_a_pattern_that_begins_with_a_letter_is_found_by_an_index(filled: Engine) -> None:
    assert "ix_passages_plate_text" in plan(filled, exact_search("A123*", filled.dialect))
    assert "ix_passages_plate_skeleton" in plan(filled, alike_search("A123*", filled.dialect))


def test_postgresql_finds_any_pattern_by_trigrams(filled: Engine) -> None:
    if filled.dialect.name != "postgresql":
        pytest.skip("SQLite reads every plate for a pattern that begins with a wildcard")
    assert "ix_passages_plate_text_trigrams" in plan(filled, exact_search("*23BC7*", filled.dialect))
    assert "ix_passages_plate_skeleton_trigrams" in plan(filled, alike_search("*23BC7*", filled.dialect))
