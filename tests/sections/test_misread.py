"""Plates that one character was misread of, among the entries that wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sections.samples import ENTRY, EXIT, noon, passed
from traffic.sections.misread import LeftOpen, one_differs

TEXTS = st.text("A12", max_size=4)


def edits(one: str, other: str) -> int:
    """Levenshtein's distance by his recursion."""
    if not one or not other:
        return len(one) + len(other)
    changed = edits(one[1:], other[1:]) + (one[0] != other[0])
    return min(changed, edits(one[1:], other) + 1, edits(one, other[1:]) + 1)


@given(TEXTS, TEXTS)
def test_one_character_differs_where_one_step_makes_them_equal(one: str, other: str) -> None:
    assert one_differs(one, other) == (edits(one, other) == 1)


@given(st.lists(TEXTS.filter(bool), max_size=8, unique=True), TEXTS.filter(bool))
def test_nobody_is_overlooked(texts: list[str], left: str) -> None:
    inside = LeftOpen()
    for at_s, text in enumerate(texts):
        inside.enter(passed(ENTRY, at_s, text))
    found = []
    while (entry := inside.leave(passed(EXIT, 100, left), noon(0))) is not None:
        found.append(entry.plate_text)
    assert found == [text for text in reversed(texts) if edits(text, left) == 1]


@pytest.mark.parametrize(("oldest_s", "entered_s"), [(0, 60), (60, 60), (61, None)])
def test_who_entered_too_long_ago_is_gone(oldest_s: int, entered_s: int | None) -> None:
    inside = LeftOpen()
    for at_s in (0, 60):
        inside.enter(passed(ENTRY, at_s, "A123BC77"))
    entry = inside.leave(passed(EXIT, 100, "A128BC77"), noon(oldest_s))
    assert (None if entry is None else entry.moment.at) == (None if entered_s is None else noon(entered_s))
