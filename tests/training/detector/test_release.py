from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.inference.model_card import DetectorCard, load_model_card, verified_model_path  # noqa: E402
from traffic.training.card_writing import write_card  # noqa: E402
from traffic.training.detector.onnx_import import load_coco, start_from_coco  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402
from traffic.training.detector.release import make_card  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


@pytest.fixture(scope="module")
def card(tiny_data: Path, folder: Path, coco_file: Path) -> DetectorCard:
    """The card of the untrained starting weights."""
    shipped = load_recipe(SHIPPED)
    rendered = shipped.rendered.model_copy(update={"held_out_frames": 1, "held_out_first_seed": 10})
    recipe = shipped.model_copy(update={"rendered": rendered, "start": None})
    export_onnx(start_from_coco(load_coco(coco_file), recipe.classes), folder / "model.onnx")
    return make_card(recipe, "make it", folder / "model.onnx", tiny_data, folder / "cache")


def test_a_card_written_is_the_card_read_and_its_model_is_accepted(card: DetectorCard, folder: Path) -> None:
    write_card(card, folder / "card.yaml")
    assert load_model_card(folder / "card.yaml", DetectorCard) == card
    assert verified_model_path(folder / "card.yaml") == folder / "model.onnx"


def test_a_card_names_its_data_and_measures_every_held_out_set_beside_the_original(card: DetectorCard) -> None:
    assert {(line.set, line.input_size) for line in card.metrics} == {
        (name, size)
        for name in ("overbridge", "day_and_night", "day", "close_ups", "photos", "rendered")
        for size in ((640, 384), (416, 416))
    }
    assert all(line.images == 1 and line.coco_ap is not None for line in card.metrics if line.set != "close_ups")
    assert {source.licence for source in card.data} == {"Apache-2.0", "CC BY 4.0"}
    assert card.recipe.command == "make it"
    crops = next(source for source in card.data if "single vehicles" in source.name)
    assert crops.images == 10  # two crops of five types; the last fifth of two is none


def test_a_card_tells_the_right_types_of_every_set_with_certain_ones(card: DetectorCard) -> None:
    drawn = [figure for figure in card.figures if figure.set == "rendered"]
    assert drawn
    assert all(0 <= figure.value <= 1 and figure.samples > 0 for figure in drawn)


def test_the_starting_weights_score_as_the_original_where_both_know_the_class(card: DetectorCard) -> None:
    drawn = next(line for line in card.metrics if line.set == "rendered" and line.input_size == (640, 384))
    assert drawn.coco_ap50 is not None
    assert drawn.ap50 == pytest.approx(drawn.coco_ap50, abs=0.1)
