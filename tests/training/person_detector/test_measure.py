"""Whose head is covered, counted on drawn pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from traffic.training.person_detector.measure import PeopleFigures, PeoplePicture, labelled_people, measure


class Told:
    """Finds what it was told, picture by picture."""

    def __init__(self, *answers: list[tuple[float, ...]]) -> None:
        self._answers = list(answers)

    def find(self, image: object) -> np.ndarray:
        return np.array(self._answers.pop(0), np.float32).reshape(-1, 4)


def picture(*people: tuple[float, ...]) -> PeoplePicture:
    return PeoplePicture(np.zeros((100, 200, 3), np.uint8), np.array(people, np.float32).reshape(-1, 4))


TALL, SMALL = (10.0, 10.0, 30.0, 70.0), (100.0, 50.0, 110.0, 80.0)


@pytest.mark.parametrize(
    ("what", "found", "covered"),
    [
        ("the whole person", [TALL], 1),
        ("the head alone", [(10, 10, 30, 30)], 1),
        ("the legs alone", [(10, 40, 30, 70)], 0),
        ("the left half of the head", [(10, 10, 20, 30)], 1),
        ("less than half of the head", [(10, 10, 19, 30)], 0),
        ("halves of it by two boxes", [(10, 10, 20, 20), (10, 20, 30, 25)], 1),
        ("nobody", [], 0),
    ],
)
def test_a_person_is_found_by(what: str, found: list[tuple[float, ...]], covered: int) -> None:
    assert measure(Told(found), iter([picture(TALL)])) == PeopleFigures(1, covered, 0, 0, 0, 0.0)


def test_small_people_are_counted_by_themselves() -> None:
    figures = measure(Told([TALL], [SMALL]), iter([picture(TALL, SMALL), picture(SMALL)]))
    assert (figures.people, figures.covered, figures.small, figures.small_covered) == (3, 2, 2, 1)


def test_what_is_hidden_where_nobody_is_counts_as_area() -> None:
    figures = measure(Told([(0, 0, 20, 100)], [], [TALL]), iter([picture(), picture(), picture(TALL)]))
    assert (figures.empty, figures.empty_hidden) == (2, pytest.approx(0.05))


def test_labels_are_read_as_boxes_of_people_alone(tmp_path: Path) -> None:
    for split, text in (("train", "3 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.1 0.1\n"), ("test", "")):
        for folder in ("images", "labels"):
            (tmp_path / "det_highway_id" / split / folder).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / f"det_highway_id/{split}/images/a.png"), np.zeros((100, 200, 3), np.uint8))
        (tmp_path / f"det_highway_id/{split}/labels/a.txt").write_text(text)
    empty, one = labelled_people(tmp_path)
    assert empty.xyxy.shape == (0, 4)
    np.testing.assert_allclose(one.xyxy, [[80, 30, 120, 70]], rtol=1e-5)
