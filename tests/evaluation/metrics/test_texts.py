from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.evaluation.metrics.texts import (
    ReadText,
    accepted_at,
    character_error_rate,
    edit_distance,
    exact_share,
    reject_curve,
)

words = st.text("AB12", max_size=6)


@pytest.mark.parametrize(
    ("read", "truth", "expected"),
    [
        ("A123BC77", "A123BC77", 0),
        ("A123BC7", "A123BC77", 1),
        ("A123BC777", "A123BC77", 1),
        ("A128BC77", "A123BC77", 1),
        ("", "A123BC77", 8),
        ("123ABC77", "A123BC77", 2),
        ("KITTEN", "SITTING", 3),
        ("", "", 0),
    ],
)
def test_edits(read: str, truth: str, expected: int) -> None:
    assert edit_distance(read, truth) == expected


@given(words, words)
def test_edits_are_those_of_the_definition(a: str, b: str) -> None:
    @cache
    def plain(i: int, j: int) -> int:
        if 0 in (i, j):
            return i + j
        return min(plain(i - 1, j) + 1, plain(i, j - 1) + 1, plain(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    assert edit_distance(a, b) == plain(len(a), len(b))


@given(words, words, words)
def test_edits_are_a_distance(a: str, b: str, c: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


RIGHT_SURE, WRONG, RIGHT_UNSURE = ReadText("AB", "AB", 0.9), ReadText("ABCD", "ABCE", 0.5), ReadText("AB", "AB", 0.3)
UNREAD = ReadText("AB", "", 0)


def test_shares_over_all_texts() -> None:
    texts = [RIGHT_SURE, WRONG, RIGHT_UNSURE, UNREAD]
    assert exact_share(texts) == 0.5
    assert character_error_rate(texts) == pytest.approx((0 + 1 + 0 + 2) / (2 + 4 + 2 + 2))
    assert (exact_share([]), character_error_rate([])) == (None, None)


def test_the_more_is_accepted_the_more_is_wrong() -> None:
    curve = reject_curve([UNREAD, RIGHT_UNSURE, WRONG, RIGHT_SURE])
    assert [(p.confidence, p.accepted, p.accuracy) for p in curve] == [
        (0.9, 0.25, 1),
        (0.5, 0.5, 0.5),
        (0.3, 0.75, pytest.approx(2 / 3)),
    ]


def test_equal_confidences_are_accepted_together() -> None:
    (point,) = reject_curve([RIGHT_SURE, ReadText("AB", "XX", 0.9)])
    assert (point.accepted, point.accuracy) == (1, 0.5)


def test_the_most_that_can_be_accepted_at_an_accuracy() -> None:
    curve = reject_curve([RIGHT_SURE, WRONG, RIGHT_UNSURE])
    best, loose = accepted_at(curve, 0.99), accepted_at(curve, 0.6)
    assert best is not None
    assert loose is not None
    assert (best.confidence, loose.confidence) == (0.9, 0.3)
    assert accepted_at(reject_curve([WRONG]), 0.5) is None
    assert accepted_at((), 0.5) is None


@given(st.lists(st.builds(ReadText, st.just("AB"), st.sampled_from(["AB", "AC", ""]), st.floats(0, 1)), max_size=20))
def test_a_curve_rises_in_acceptance_and_ends_with_all_that_was_read(texts: list[ReadText]) -> None:
    curve = reject_curve(texts)
    accepted = [point.accepted for point in curve]
    assert accepted == sorted(set(accepted))
    read = [each for each in texts if each.text]
    if read:
        assert accepted[-1] == pytest.approx(len(read) / len(texts))
        assert curve[-1].accuracy == pytest.approx(sum(each.is_exact for each in read) / len(read))
