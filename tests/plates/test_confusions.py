"""Look-alikes, against definitions spelled out anew."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.plates.confusions import CONFUSIONS, alike, look_alikes, near_skeletons, skeleton

CHARACTERS = string.digits + string.ascii_uppercase
TEXTS = st.text(CHARACTERS, max_size=9)
DENSE = st.text("0O8B17MHA", max_size=5)
PAIRS = {frozenset(pair) for group in CONFUSIONS for pair in itertools.combinations(group, 2)}


def test_no_character_is_in_two_groups():
    together = "".join(CONFUSIONS)
    assert len(together) == len(set(together))
    assert set(together) <= set(CHARACTERS)


@pytest.mark.parametrize("pair", ["0O", "8B", "17", "MH", "5S", "2Z", "6G", "KX"])
def test_what_readers_mix_up_is_a_confusion(pair):
    assert frozenset(pair) in PAIRS


@pytest.mark.parametrize(
    ("first", "second", "is_alike"),
    [
        ("A123BC77", "A123BC77", False),
        ("A123BC77", "A128BC77", False),
        ("O123BC77", "0123BC77", True),
        ("A123BC77", "A1238C77", True),
        ("A123BC77", "A723BC77", True),
        ("M123BC77", "H123BC77", True),
        ("M123BC77", "H1238C77", False),
        ("A123BC77", "A123BC777", False),
        ("A123BC77", "A132BC77", False),
        ("", "", False),
    ],
)
def test_plates_that_are_alike(first, second, is_alike):
    assert alike(first, second) is is_alike


@given(DENSE, DENSE)
def test_alike_is_one_confusable_character(first, second):
    differing = [{a, b} for a, b in zip(first, second, strict=False) if a != b]
    expected = len(first) == len(second) and len(differing) == 1 and frozenset(differing[0]) in PAIRS
    assert alike(first, second) is expected
    assert alike(second, first) is expected
    assert (second in look_alikes(first)) is expected


@given(TEXTS)
def test_look_alikes_are_all_that_are_alike(text):
    found = look_alikes(text)
    assert all(alike(text, other) for other in found)
    assert len(found) == sum(len(group) - 1 for c in text for group in CONFUSIONS if c in group)


@given(DENSE, DENSE)
def test_texts_have_one_skeleton_where_they_differ_by_confusions_alone(first, second):
    same = len(first) == len(second) and all(
        a == b or frozenset((a, b)) in PAIRS for a, b in zip(first, second, strict=True)
    )
    assert (skeleton(first) == skeleton(second)) is same


@given(TEXTS)
def test_a_skeleton_is_its_own(text):
    assert skeleton(skeleton(text)) == skeleton(text)


def distance(first, second):
    """Levenshtein's, by its definition."""
    if not first or not second:
        return len(first) + len(second)
    changed = distance(first[1:], second[1:]) + (first[0] != second[0])
    return min(changed, distance(first[1:], second) + 1, distance(first, second[1:]) + 1)


@given(DENSE, DENSE)
def test_near_skeletons_are_those_one_edit_away(first, second):
    near = distance(skeleton(first), skeleton(second)) <= 1
    assert (skeleton(second) in near_skeletons(first)) is near
