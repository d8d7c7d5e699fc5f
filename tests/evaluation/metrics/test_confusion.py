import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from traffic.evaluation.metrics.confusion import Confusion, confusion

NAMES = ("car", "van", "bus")


def test_a_small_matrix_by_hand() -> None:
    matrix = confusion(["car", "car", "car", "van"], ["car", "car", "van", "van"], NAMES, NAMES)

    assert matrix.counts == ((2, 1, 0), (0, 1, 0), (0, 0, 0))
    assert (matrix.total, matrix.accuracy) == (4, 0.75)
    assert matrix.mean_recall == pytest.approx((2 / 3 + 1) / 2)
    car, van, bus = matrix.shares()
    assert (car.labelled, car.called, car.precision, car.recall) == (3, 2, 1, pytest.approx(2 / 3))
    assert (van.labelled, van.called, van.precision, van.recall) == (1, 2, 0.5, 1)
    assert (bus.labelled, bus.called, bus.precision, bus.recall) == (0, 0, None, None)


def test_answers_may_have_words_that_no_label_has() -> None:
    matrix = confusion(["car or van", "bus"], ["missed", "bus"], ("car or van", "bus"), ("bus", "missed"))
    assert matrix.counts == ((0, 1), (1, 0))
    assert [each.recall for each in matrix.shares()] == [0, 1]


def test_nothing_labelled() -> None:
    matrix = confusion([], [], NAMES, NAMES)
    assert (matrix.total, matrix.accuracy, matrix.mean_recall) == (0, None, None)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1))
def test_accuracy_is_the_share_of_equal_pairs(pairs: list[tuple[str, str]]) -> None:
    matrix = confusion([label for label, _ in pairs], [answer for _, answer in pairs], NAMES, NAMES)
    assert matrix.accuracy == pytest.approx(sum(label == answer for label, answer in pairs) / len(pairs))
    assert matrix.total == len(pairs)


def test_a_crooked_matrix_is_refused() -> None:
    with pytest.raises(ValidationError, match="2 rows of 2"):
        Confusion(labels=("a", "b"), answers=("a", "b"), counts=((1, 2),))
