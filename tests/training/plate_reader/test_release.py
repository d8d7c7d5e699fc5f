from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

from traffic.inference.model_card import PlateReaderCard, load_model_card, sha256_of  # noqa: E402
from traffic.plates.ocr import SIZE  # noqa: E402
from traffic.training.card_writing import write_card  # noqa: E402
from traffic.training.plate_reader.pseudo_labels import RealPlate  # noqa: E402
from traffic.training.plate_reader.recipe import Recipe  # noqa: E402
from traffic.training.plate_reader.release import bare_card, data_sources  # noqa: E402


def test_a_card_says_what_the_reader_needs_and_loads_again(tmp_path: Path, tiny_recipe: Recipe) -> None:
    model = tmp_path / "plate_reader.onnx"
    model.write_bytes(b"weights")
    card = bare_card(tiny_recipe, Path("recipe.yaml"), model)
    write_card(card, tmp_path / "plate_reader.yaml")
    loaded = load_model_card(tmp_path / "plate_reader.yaml", PlateReaderCard)
    assert loaded == card
    assert loaded.sha256 == sha256_of(model)
    assert (loaded.input.letterbox, loaded.input.default_size) == ("stretch", SIZE)
    assert loaded.recipe.command.endswith("train recipe.yaml")


def test_the_card_names_every_source_with_its_licence_and_counts_pictures_once(tiny_recipe: Recipe) -> None:
    again = tiny_recipe.stages[0].model_copy(update={"learning_rate": 1e-4})
    recipe = tiny_recipe.model_copy(update={"stages": (*tiny_recipe.stages, again)})
    real = [RealPlate(f"plates_ro/images/{name}.jpg", 0, 0, 60, 20, text, "eu", 8) for name, text in ("aX", "aY", "bZ")]
    (drawn, *others) = data_sources(recipe, [*real, RealPlate("det_highway_id/train/x.jpg", 0, 0, 60, 20, "X", "", 7)])
    assert drawn.images == 48 + 16
    assert [(source.name.split(":")[0], source.licence, source.images) for source in others[:2]] == [
        ("det_highway_id", "CC BY 4.0", 1),
        ("plates_ro", "MIT", 2),
    ]
    assert {source.licence for source in others[2:]} == {"MIT"}
    assert data_sources(recipe, []) == (drawn,)


def test_the_card_names_the_typefaces_that_the_plates_were_drawn_with(tiny_recipe: Recipe) -> None:
    (_, fonts) = data_sources(tiny_recipe.model_copy(update={"font_folders": (Path("fonts"),)}), [])
    assert fonts.licence == "OFL-1.1"
    assert "gidole" in fonts.name
