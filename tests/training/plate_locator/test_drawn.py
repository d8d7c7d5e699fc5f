import numpy as np
import pytest

from traffic.training.plate_locator.drawn import LOOKS, draw, drawn_plate, write_anywhere


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.size[0]}x{look.size[1]} {look.sheet}")
def test_every_look_has_its_size_its_sheet_and_ink(look):
    picture = draw(look, np.random.default_rng(3))
    assert picture.shape == (look.size[1], look.size[0], 3)
    distance = np.abs(picture.astype(int) - look.sheet).sum(axis=2)
    ink = np.abs(picture.astype(int) - look.ink).sum(axis=2)
    assert (distance == 0).mean() > 0.3
    assert (ink == 0).mean() > 0.04


def test_text_stands_on_the_sheet_in_as_many_lines():
    for look in LOOKS:
        picture = draw(look, np.random.default_rng(1))
        middle = np.abs(picture[:, look.size[0] // 4 :].astype(int) - look.ink).sum(axis=2) == 0
        rows = middle[8:-8, :-12].any(axis=1)
        assert np.count_nonzero(np.diff(rows.astype(int)) == 1) + int(rows[0]) >= look.lines


def test_the_same_seed_draws_the_same_plates_and_many_kinds():
    first = [drawn_plate(np.random.default_rng(seed)) for seed in range(40)]
    again = [drawn_plate(np.random.default_rng(seed)) for seed in range(40)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    aspects = {round(picture.shape[1] / picture.shape[0], 1) for picture in first}
    assert min(aspects) < 2.5
    assert max(aspects) > 4


def test_words_differ_and_are_written_in_place():
    written = []
    for seed in range(6):
        image = np.full((192, 256, 3), 120, np.uint8)
        write_anywhere(image, np.random.default_rng(seed))
        written.append(image)
    changed = [float((image != 120).any(axis=2).mean()) for image in written]
    assert sum(0.001 < share < 0.3 for share in changed) >= 4
    assert len({image.tobytes() for image in written}) >= 5
