import numpy as np
import pytest

from traffic.evaluation.classifier_results import Verdict, head_result, verdict

NAMES = ("white", "black", "red")


@pytest.mark.parametrize(
    ("label", "probabilities", "expected"),
    [
        ("red", [0.1, 0.2, 0.7], Verdict("red", "red", 0.7, 0.7)),
        ("white", [0.1, 0.2, 0.7], Verdict("white", "red", 0.7, 0.1)),
        (None, [0.1, 0.2, 0.7], None),
    ],
)
def test_a_verdict_is_the_likeliest_name(
    label: str | None, probabilities: list[float], expected: Verdict | None
) -> None:
    told = verdict(label, np.array(probabilities), NAMES)
    assert told == expected
    assert told is None or told.is_right == (label == "red")


def test_a_head_counts_right_and_wrong() -> None:
    verdicts = [Verdict("red", "red", 1, 1), Verdict("red", "black", 1, 0), Verdict("white", "white", 1, 1)]
    head = head_result(verdicts, NAMES)
    assert (head.vehicles, head.accuracy, head.mean_recall) == (3, pytest.approx(2 / 3), 0.75)
    assert head.confusion.counts == ((1, 0, 0), (0, 0, 0), (0, 1, 1))
    assert [each.precision for each in head.classes] == [1, 0, 1]


def test_a_head_without_labels_has_no_figures() -> None:
    head = head_result([], NAMES)
    assert (head.vehicles, head.accuracy, head.mean_recall) == (0, None, None)
