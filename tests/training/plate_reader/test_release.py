from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from pathlib import Path  # noqa: E402

from traffic.inference.model_card import PlateReaderCard, load_model_card, sha256_of  # noqa: E402
from traffic.plates.ocr import SIZE  # noqa: E402
from traffic.training.plate_reader.recipe import Recipe  # noqa: E402
from traffic.training.plate_reader.release import bare_card, write_card  # noqa: E402


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
