from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.inference.model_card import ClassifierCard, load_model_card, verified_model_path  # noqa: E402
from traffic.training.card_writing import write_card  # noqa: E402
from traffic.training.classifier.export import export_onnx  # noqa: E402
from traffic.training.classifier.network import VehicleNet  # noqa: E402
from traffic.training.classifier.recipe import Recipe  # noqa: E402
from traffic.training.classifier.release import make_card  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


@pytest.fixture(scope="module")
def card(tiny_recipe: Recipe, tiny_gallery: Path, folder: Path) -> ClassifierCard:
    """The card of an untrained network that always gives the same answer."""
    network = VehicleNet(len(tiny_recipe.types), len(tiny_recipe.colours))
    for head, answer in ((network.types, tiny_recipe.types.index("bus")), (network.colours, 0)):
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
        head.bias.data[answer] = 5.0
    export_onnx(network, folder / "model.onnx", tiny_recipe.input_size)
    return make_card(tiny_recipe, Path("recipe.yaml"), folder / "model.onnx", tiny_gallery, folder / "cache")


def test_a_card_written_is_the_card_read_and_its_model_is_accepted(card: ClassifierCard, folder: Path) -> None:
    write_card(card, folder / "card.yaml")
    assert load_model_card(folder / "card.yaml", ClassifierCard) == card
    assert verified_model_path(folder / "card.yaml") == folder / "model.onnx"


def test_the_figures_are_those_of_a_network_that_sees_white_buses_everywhere(card: ClassifierCard) -> None:
    told = {(figure.set, figure.name): (figure.value, figure.samples) for figure in card.figures}
    assert told["real", "type accuracy"] == (0.5, 2)
    assert told["real", "type recall: bus"] == (1.0, 1)
    assert told["real", "type recall: car"] == (0.0, 1)
    assert told["real", "colour recall: white"] == (1.0, 1)
    assert told["real: street", "type accuracy"] == (0.0, 1)
    assert told["real: yard", "colour accuracy"] == (1.0, 1)
    assert ("rendered", "type accuracy") in told


def test_the_card_says_how_to_feed_the_model(card: ClassifierCard, tiny_recipe: Recipe) -> None:
    assert (card.input.letterbox, card.input.default_size) == ("stretch", (32, 32))
    assert (card.types, card.colours) == (tiny_recipe.types, tiny_recipe.colours)
    assert card.recipe.command == (
        "python -m traffic.training.classifier.train recipe.yaml --out data/classifier && "
        "python -m traffic.training.classifier.second_opinion recipe.yaml data/classifier/vehicle_classifier.onnx "
        "--out data/classifier_joined"
    )
    assert {source.licence for source in card.data} == {"Apache-2.0", "CC BY 4.0"}
