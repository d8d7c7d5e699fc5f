from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import shutil  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from traffic.errors import ConfigError  # noqa: E402
from traffic.plates.ocr import ALPHABET, SIZE, SLOTS  # noqa: E402
from traffic.training.plate_reader.recipe import Recipe  # noqa: E402
from traffic.training.plate_reader.samples import (  # noqa: E402
    GRID,
    NOWHERE,
    Samples,
    cells_at,
    encode_text,
    font_faces,
    held_out_samples,
    stage_samples,
)


def test_a_text_becomes_symbols_and_blanks() -> None:
    symbols = encode_text("A1Z")
    assert symbols.tolist() == [ALPHABET.index("A") + 1, ALPHABET.index("1") + 1, ALPHABET.index("Z") + 1, *[0] * 7]


def test_a_place_becomes_the_cell_that_holds_it_and_no_place_is_nowhere() -> None:
    cells = cells_at(np.array([[0.0, 0.0], [159.9, 47.9], [17.0, 9.0], [-4.0, 60.0]], np.float32))
    assert cells.tolist() == [0, GRID[0] * GRID[1] - 1, GRID[0] + 2, GRID[0] * (GRID[1] - 1), *[NOWHERE] * 6]


def test_every_crop_comes_with_its_labels(samples: Samples, tiny_recipe: Recipe) -> None:
    assert len(samples) == tiny_recipe.stages[0].samples
    assert samples.pictures.shape == (len(samples), SIZE[1], SIZE[0], 3)
    assert samples.symbols.shape == samples.cells.shape == (len(samples), SLOTS)
    np.testing.assert_array_equal(samples.cells == NOWHERE, samples.symbols == 0)
    assert (samples.symbols > 0).sum(axis=1).min() >= 5


def test_held_out_crops_are_others_and_the_same_recipe_draws_the_same(
    samples: Samples, tiny_recipe: Recipe, drawn_folder: Path, tmp_path: Path
) -> None:
    held_out = held_out_samples(tiny_recipe, drawn_folder)
    assert not (held_out.pictures[:, None] == samples.pictures[None, :12]).all(axis=(2, 3, 4)).any()
    again = stage_samples(tiny_recipe, tiny_recipe.stages[0].model_copy(update={"samples": 5}), tmp_path)
    np.testing.assert_array_equal(again.pictures, samples.pictures[:5])


def test_crops_of_another_recipe_are_not_taken_for_this_one_s(
    samples: Samples, tiny_recipe: Recipe, drawn_folder: Path
) -> None:
    more = tiny_recipe.stages[0].model_copy(update={"samples": len(samples) + 1})
    with pytest.raises(ConfigError, match=f"expected {len(samples) + 1} crops .*stage_1.npy, got {len(samples)} of"):
        stage_samples(tiny_recipe, more, drawn_folder)


def test_crops_that_were_drawn_before_they_had_signs_are_not_taken(
    samples: Samples, tiny_recipe: Recipe, drawn_folder: Path, tmp_path: Path
) -> None:
    shutil.copy(drawn_folder / "stage_1.npy", tmp_path)
    np.savez(tmp_path / "stage_1.npz", symbols=samples.symbols, cells=samples.cells, countries=samples.countries)
    with pytest.raises(ConfigError, match="with their signs"):
        stage_samples(tiny_recipe, tiny_recipe.stages[0], tmp_path)


def test_a_missing_font_package_is_named() -> None:
    with pytest.raises(ConfigError, match="pip install font-of-nobody"):
        font_faces(("font_of_nobody",))


def test_a_missing_font_folder_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder") as caught:
        font_faces((), (tmp_path / "fonts",))
    assert f"fonts --out {tmp_path / 'fonts'}" in str(caught.value)
