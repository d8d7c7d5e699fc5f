import hashlib
from datetime import datetime, timezone
from pathlib import Path

import pytest

from traffic.inference.model_card import DataSource, Figure, ImageInput, PlateLocatorCard, Recipe, load_model_card
from traffic.training.card_writing import identity_of, put_in_place, write_card


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "run" / "latest.onnx"
    path.parent.mkdir()
    path.write_bytes(b"weights")
    path.with_name("finder.training.jsonl").write_text('{"step": 1}\n')
    return path


def card_of(model: Path) -> PlateLocatorCard:
    return PlateLocatorCard(
        name="finder",
        task="plate-location",
        **identity_of(model),
        input=ImageInput(name="images"),
        score_threshold=0.5,
        data=(DataSource(name="drawn", licence="Apache-2.0"),),
        figures=(Figure(set="a", name="recall", value=0.75, samples=4),),
        recipe=Recipe(command="make it", seed=1),
        note="Номер.",
    )


def test_a_card_written_is_the_card_read_and_says_nothing_of_what_it_leaves_out(model: Path) -> None:
    card = card_of(model)
    write_card(card, model.with_name("finder.yaml"))
    assert load_model_card(model.with_name("finder.yaml"), PlateLocatorCard) == card
    assert "null" not in model.with_name("finder.yaml").read_text(encoding="utf-8")


def test_a_card_is_of_the_bytes_of_today(model: Path) -> None:
    before = datetime.now(timezone.utc).date()
    card = card_of(model)
    assert (card.file, card.sha256) == ("latest.onnx", hashlib.sha256(b"weights").hexdigest())
    assert before <= card.created <= datetime.now(timezone.utc).date()
    assert card.licence == "Apache-2.0"


def test_a_model_is_put_in_place_under_its_own_name_with_its_log(model: Path, tmp_path: Path) -> None:
    put_in_place(model, tmp_path / "engines" / "finder.onnx", "finder.training.jsonl")
    assert (tmp_path / "engines/finder.onnx").read_bytes() == b"weights"
    assert (tmp_path / "engines/finder.training.jsonl").read_text() == '{"step": 1}\n'
    assert model.exists()


def test_a_model_without_its_log_is_not_released_in_silence(model: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"other\.jsonl"):
        put_in_place(model, tmp_path / "engines" / "finder.onnx", "other.jsonl")
