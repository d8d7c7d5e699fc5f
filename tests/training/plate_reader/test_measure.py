from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from collections.abc import Sequence  # noqa: E402

import numpy as np  # noqa: E402

from traffic.datatypes import UInt8Array  # noqa: E402
from traffic.training.plate_reader.measure import drawn_photos, score  # noqa: E402
from traffic.training.plate_reader.photos import PlatePhoto  # noqa: E402


class Rote:
    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def texts(self, pictures: Sequence[UInt8Array]) -> list[str]:
        return list(self._texts[: len(pictures)])


def photo(text: str) -> PlatePhoto:
    return PlatePhoto(np.zeros((4, 8, 3), np.uint8), text)


def test_a_score_counts_whole_texts_and_keeps_what_was_misread() -> None:
    result = score(Rote("A1", "B2", ""), [photo("A1"), photo("B8"), photo("C3")])
    assert (result.right, result.plates, result.exact) == (1, 3, pytest.approx(1 / 3))
    assert result.misread == (("B8", "B2"), ("C3", ""))


def test_the_same_plates_are_drawn_at_every_height() -> None:
    low, high = (drawn_photos((), height, 6) for height in (12, 40))
    assert [one.kind.split()[0] for one in low] == [one.kind.split()[0] for one in high]
    assert [one.text for one in low] == [one.text for one in high]
    assert all(one.picture.shape == (48, 160, 3) for one in low)
