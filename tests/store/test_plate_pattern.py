import fnmatch
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, select

from traffic.plates.display import canonical_text
from traffic.store.plate_pattern import ESCAPE, has_wildcards, like_pattern

CYRILLIC_TO_LATIN = dict(zip("авекмнорстух", "ABEKMHOPCTYX", strict=True))
CHARACTERS = string.ascii_letters + string.digits + "%_\\-ЖАВЕКМНОРСТУХавекмнорстух "
PLATES = st.text(CHARACTERS, max_size=8)


@pytest.mark.parametrize(
    ("typed", "held"), [("а123вс 77", "A123BC77"), ("A123BC77", "A123BC77"), ("ж 1", "Ж1"), ("  ", "")]
)
def test_plate_as_typed_becomes_the_plate_as_held(typed: str, held: str) -> None:
    assert canonical_text(typed) == held


@pytest.mark.parametrize(("pattern", "wild"), [("A1*", True), ("A?1", True), ("A1%", False), ("", False)])
def test_only_star_and_question_mark_are_wild(pattern: str, wild: bool) -> None:
    assert has_wildcards(pattern) is wild


@given(plate=PLATES, data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_matches_what_a_shell_would_match(engine: Engine, plate: str, data: st.DataObject) -> None:
    pieces = st.one_of(st.sampled_from(["*", "?"]), st.text(CHARACTERS, max_size=2))
    near = st.lists(st.sampled_from([*plate, "*", "?"]), max_size=8) if plate else st.just([])
    pattern = "".join(data.draw(st.one_of(near, st.lists(pieces, max_size=6))))
    matched = literal(canonical_text(plate)).like(like_pattern(pattern), escape=ESCAPE)
    with engine.connect() as connection:
        got = connection.execute(select(matched)).scalar_one()
    assert bool(got) is fnmatch.fnmatchcase(_latin(plate), _latin(pattern))


def _latin(text: str) -> str:
    return "".join(CYRILLIC_TO_LATIN.get(c.lower(), c.upper()) for c in text if c not in " -")
