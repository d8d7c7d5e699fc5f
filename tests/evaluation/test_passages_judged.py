import pytest

from tests.evaluation.known_passages import passage, plate, reading
from traffic.evaluation.passages_judged import best_by_confidence, best_by_quality, judge, spread

TRUTH = "A123BC77"


def test_each_answer_comes_from_its_own_reading() -> None:
    clear = reading("A123BC17", sure=0.6, quality=0.9)
    sure = reading("A128BC77", sure=0.99, quality=0.2)
    both = reading(TRUTH, sure=0.9, quality=0.8)
    (judged,) = judge([passage(TRUTH, clear, sure, both)], lambda read: plate(f"{len(read)}"), 0.2)
    assert judged.by_quality == clear.text
    assert judged.by_confidence == sure.text
    assert judged.by_strength == TRUTH
    assert judged.alone == "1"
    assert judged.text == "3"


def test_frames_that_gave_nothing_count_as_read_wrongly() -> None:
    (judged,) = judge([passage(TRUTH, reading(TRUTH), reading("A"))], lambda _: plate(TRUTH), 0.2)
    assert judged.of_any_frame == 0.25, "one of four views"


@pytest.mark.parametrize(
    ("probability", "certain", "told", "called"),
    [(0.1, False, False, False), (0.2, False, True, False), (0.99, True, True, True)],
)
def test_a_guess_is_not_told(probability: float, certain: bool, told: bool, called: bool) -> None:
    answer = plate(TRUTH, probability, certain=certain)
    (judged,) = judge([passage(TRUTH, reading(TRUTH))], lambda _: answer, 0.2)
    assert (judged.is_told, judged.is_certain, judged.is_exact) == (told, called, True)


def test_nothing_read_is_nothing_told() -> None:
    (judged,) = judge([passage(TRUTH)], lambda read: plate(TRUTH) if read else None, 0.2)
    assert (judged.text, judged.by_quality, judged.alone, judged.is_told, judged.is_among_first) == (
        *("", "", ""),
        False,
        False,
    )


@pytest.mark.parametrize(("place", "found"), [(0, True), (1, True), (2, False)])
def test_the_truth_is_looked_for_in_the_first_three(place: int, found: bool) -> None:
    others = ["X", "Y", "Z"]
    others[place] = TRUTH
    (judged,) = judge([passage(TRUTH, reading("B"))], lambda _: plate("B", 0.5, *others), 0.2)
    assert judged.is_among_first == found


@pytest.mark.parametrize(
    ("truth", "text", "right"),
    [("?AR606L", "TAR606L", True), ("?AR606L", "AR606L", False), ("?AR606L", "TAR6061", False), ("A1", "A1", True)],
)
def test_a_question_mark_is_any_character(truth: str, text: str, right: bool) -> None:
    (judged,) = judge([passage(truth, reading(text))], lambda _: plate(text), 0.2)
    assert judged.is_exact == right


def test_of_equal_quality_the_larger_plate_is_better() -> None:
    small, large = reading("A", height=10.0), reading("B", height=30.0)
    assert best_by_quality([small, large]) is large
    assert best_by_quality([]) is None
    assert best_by_confidence([]) is None


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_readings_are_spread_and_have_the_strongest(count: int) -> None:
    readings = [reading(f"{number}", quality=0.9 if number == 4 else 0.3, at=number) for number in range(9)]
    chosen = spread(readings, count)
    assert len(chosen) == count
    assert readings[4] in chosen
    assert [each.pts_ns for each in chosen] == sorted(each.pts_ns for each in chosen)


def test_fewer_readings_than_asked_for_are_all_taken() -> None:
    readings = [reading("A"), reading("B", at=1)]
    assert spread(readings, 6) == tuple(readings)
