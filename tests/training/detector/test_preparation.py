from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from tests.training.detector import official  # noqa: E402
from traffic.errors import ConfigError, ModelError  # noqa: E402
from traffic.evaluation.labelled_images import LabelledImage, class_mask  # noqa: E402
from traffic.training.detector.network import SizeName, from_nothing  # noqa: E402
from traffic.training.detector.preparation import chances, open_sources, start_network  # noqa: E402
from traffic.training.detector.recipe import Recipe, load_recipe  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402
from traffic.training.normalization import fused  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


@pytest.fixture
def recipe() -> Recipe:
    shipped = load_recipe(SHIPPED)
    rendered = shipped.rendered.model_copy(update={"frames": 1, "first_seed": 10})
    return shipped.model_copy(update={"rendered": rendered, "start": None})


@pytest.fixture
def with_silu(recipe: Recipe) -> Recipe:
    """Mish is compiled first, which takes long."""
    return recipe.model_copy(update={"activation": "silu"})


def test_every_share_has_a_source_and_none_gives_a_held_out_picture(
    recipe: Recipe, tiny_data: Path, tmp_path: Path
) -> None:
    sources = open_sources(recipe, tiny_data, tmp_path / "cache")
    assert set(sources) == set(recipe.shares)
    random = np.random.default_rng(0)
    names = {sources[name](random).name for name in sources for _ in range(5)}
    assert "det_topview/train/images/a.png" in names
    assert not {name for name in names if "2_mp4" in name or "Z97" in name or "valid" in name}


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([["car"]], 1.0),
        ([["bus"]], 1.5),
        ([["bus"], ["truck"], ["car"]], 2.0),
        ([["van", "truck"]], 1.0),
        ([["bus"]] * 9, 3.0),
    ],
)
def test_pictures_with_rare_vehicles_are_drawn_more_often(types: list[list[str]], expected: float) -> None:
    empty, rare = (
        LabelledImage("", np.zeros((9, 9, 3), np.uint8), np.zeros((len(each), 4), np.float32), class_mask(each))
        for each in ([], types)
    )
    chance = chances([empty, rare], rare_weight=0.5)
    assert chance.sum() == pytest.approx(1)
    assert chance[1] / chance[0] == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore")
def test_a_network_starts_with_mish_and_normalization(recipe: Recipe, tiny_data: Path) -> None:
    network = start_network(recipe, tiny_data, [torch.rand(2, 3, 64, 64) * 255])
    assert network.training
    assert isinstance(network.stem.activation, nn.Mish)
    assert isinstance(network.stem.norm, nn.BatchNorm2d)
    assert network.heads[0].classes.out_channels == len(recipe.classes)


@pytest.mark.parametrize(("activation", "block"), [("mish", nn.Mish), ("silu", nn.SiLU)])
def test_a_recipe_names_its_activation(
    recipe: Recipe, tiny_data: Path, activation: str, block: type[nn.Module]
) -> None:
    network = start_network(recipe.model_copy(update={"activation": activation}), tiny_data, batches())
    assert isinstance(network.heads[2].stem.activation, block)


@pytest.mark.parametrize(("size", "width"), [("tiny", 24), ("s", 32)])
def test_a_larger_size_starts_from_its_checkpoint_with_our_classes(
    with_silu: Recipe, tmp_path: Path, size: SizeName, width: int
) -> None:
    torch.save({"model": official.state(official.convolutions(width, False, 80))}, tmp_path / "official.pth")
    sized = with_silu.model_copy(update={"size": size, "start": str(tmp_path / "official.pth")})
    network = start_network(sized, tmp_path, batches())
    assert network.stem.conv.out_channels == width
    assert network.heads[0].classes.out_channels == len(with_silu.classes)


def test_a_larger_size_without_a_checkpoint_starts_from_nothing(with_silu: Recipe, tmp_path: Path) -> None:
    assert start_network(with_silu.model_copy(update={"size": "tiny"}), tmp_path, batches()).size == "tiny"


def test_a_model_of_ours_starts_as_it_left_off(with_silu: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    first = fused(start_network(with_silu, tiny_data, batches()))
    export_onnx(first, tmp_path / "first.onnx")
    second = start_network(with_silu.model_copy(update={"start": str(tmp_path / "first.onnx")}), tmp_path, batches())
    assert second.training
    image = batches()[0]
    with torch.inference_mode():
        torch.testing.assert_close(fused(second)(image), first(image), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(
    ("start", "error", "complaint"),
    [("weights.h5", ConfigError, "weights.h5"), ("gone.pth", ModelError, "gone.pth")],
)
def test_an_impossible_start_is_refused_by_name(
    with_silu: Recipe, tmp_path: Path, start: str, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        start_network(with_silu.model_copy(update={"start": start}), tmp_path, batches())


def test_a_model_of_ours_of_another_size_is_no_start(with_silu: Recipe, tmp_path: Path) -> None:
    export_onnx(from_nothing(5, nn.SiLU, "nano").eval(), tmp_path / "nano.onnx")
    tiny = with_silu.model_copy(update={"size": "tiny", "start": str(tmp_path / "nano.onnx")})
    with pytest.raises(ModelError, match="expected a network of size tiny, got nano"):
        start_network(tiny, tmp_path, batches())


def batches() -> list[torch.Tensor]:
    return [torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255]
