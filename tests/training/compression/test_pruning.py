import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.compression.channel_graph import channel_graph  # noqa: E402
from traffic.training.compression.cost import operations  # noqa: E402
from traffic.training.compression.pruning import Criterion, pruned, widths, without_channels  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import SizeName  # noqa: E402
from traffic.training.normalization import insert_normalization  # noqa: E402

IMAGE = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 255


@pytest.fixture(scope="module")
def network() -> Yolox:
    torch.manual_seed(3)
    return Yolox(5, nn.Mish).eval()


def rows(network: nn.Module) -> np.ndarray:
    with torch.inference_mode():
        return np.asarray(network(IMAGE).numpy())


def test_channels_that_carry_nothing_are_taken_without_changing_the_answer(network: Yolox) -> None:
    """The oracle: silence some channels of every set, then take out as many."""
    graph = channel_graph(network)
    modules = dict(network.named_modules())
    silent = without_channels(network, graph, set())
    silenced = dict(silent.named_modules())
    for names in graph.groups():
        for name in names:
            for place in (0, 5):
                silenced[name].weight.data[place] = 0
                silenced[name].bias.data[place] = 0
    for name, conv in silenced.items():  # Mish of a depthwise bias would wake a silent channel up
        if isinstance(conv, nn.Conv2d) and conv.groups > 1:
            silent_ids = {int(graph.outputs[names[0]][place]) for names in graph.groups() for place in (0, 5)}
            for place, channel in enumerate(graph.outputs[name].tolist()):
                if channel in silent_ids:
                    conv.bias.data[place] = 0
    narrow = pruned(silent, 2 / 64, "l1", 1)
    wider = {name for name, width in widths(narrow).items() if width > modules[name].out_channels - 1}
    assert {name for name in wider if "heads" not in name} <= {
        name for names in graph.groups() for name in names if modules[name].out_channels < 32
    } | {name for name in wider if modules[name].groups > 1}
    np.testing.assert_allclose(rows(narrow), rows(silent), atol=1e-4)
    assert sum(widths(narrow).values()) < sum(widths(silent).values())


@pytest.mark.parametrize("size", ["nano", "tiny", "s"])
def test_a_narrower_network_of_every_size_still_answers(size: SizeName) -> None:
    narrow = pruned(Yolox(5, nn.Mish, size).eval(), 0.25, "l1", 4)
    assert rows(narrow).shape == (1, 84, 10)


@pytest.mark.parametrize(
    ("ratio", "multiple", "stem"), [(0.25, 4, 12), (0.5, 4, 8), (0.3, 8, 8), (0.99, 4, 4), (0.01, 4, 16)]
)
def test_every_set_keeps_a_multiple(network: Yolox, ratio: float, multiple: int, stem: int) -> None:
    narrow = widths(pruned(network, ratio, "l1", multiple))
    assert narrow["stem.conv"] == stem
    predictions = {name: width for name, width in narrow.items() if "." in name and name.endswith(("box", "classes"))}
    assert set(predictions.values()) == {4, 5}
    assert all(width % multiple == 0 for name, width in narrow.items() if name.endswith(".conv"))


def test_half_the_channels_are_about_a_quarter_of_the_work(network: Yolox) -> None:
    narrow = pruned(network, 0.5, "l1", 1)
    assert operations(narrow, (64, 64)) == pytest.approx(operations(network, (64, 64)) / 4, rel=0.35)


def test_the_strongest_kernels_stay() -> None:
    torch.manual_seed(0)
    network = Yolox(5, nn.Mish).eval()
    network.stem.conv.weight.data = torch.arange(1.0, 17.0)[torch.randperm(16)].reshape(16, 1, 1, 1).expand(16, 3, 6, 6)
    strong = network.stem.conv.weight.data[:, 0, 0, 0] > 8
    narrow = pruned(network, 0.5, "l1", 1)
    assert narrow.stem.conv.weight.shape == (8, 3, 6, 6)
    assert sorted(narrow.stem.conv.weight.data[:, 0, 0, 0].tolist()) == sorted(
        network.stem.conv.weight.data[strong, 0, 0, 0].tolist()
    )


@pytest.mark.parametrize(("criterion", "kept"), [("l1", [0, 1]), ("scale", [14, 15])])
def test_the_scale_of_the_normalisation_is_another_worth(criterion: Criterion, kept: list[int]) -> None:
    torch.manual_seed(1)
    network = Yolox(5, nn.Mish).eval()
    insert_normalization(network, [IMAGE, IMAGE.flip(3)])
    network.stem.conv.weight.data *= torch.arange(16, 0, -1).reshape(-1, 1, 1, 1) ** 3
    network.stem.norm.weight.data = torch.arange(1.0, 17.0)
    before = network.stem.norm.bias.data.clone()
    narrow = pruned(network, 14 / 16, criterion, 1)
    assert torch.equal(narrow.stem.norm.bias.data, before[kept])
    assert narrow.stem.norm.num_features == 2
    assert rows(narrow).shape == (1, 84, 10)
