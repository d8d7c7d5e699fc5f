import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.classifier.trunk import FEATURES, LEVEL_CHANNELS, Trunk, TypeHead, TypeProbabilities  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402


@pytest.fixture(scope="module")
def detector() -> Yolox:
    torch.manual_seed(2)
    return Yolox(80, nn.SiLU).eval()


@pytest.mark.parametrize(("height", "width"), [(96, 96), (96, 128), (64, 32)])
def test_each_level_has_its_stride_and_channels(detector: Yolox, height: int, width: int) -> None:
    trunk = Trunk(detector)
    shapes = [tuple(level.shape) for level in trunk.levels(torch.zeros(2, 3, height, width))]
    assert shapes == [
        (2, channels, height // stride, width // stride)
        for channels, stride in zip(LEVEL_CHANNELS, (8, 16, 32), strict=True)
    ]
    assert trunk(torch.zeros(2, 3, height, width)).shape == (2, FEATURES)


def test_the_towers_see_what_the_detectors_class_heads_see(detector: Yolox) -> None:
    images = torch.rand(2, 3, 64, 64) * 255
    with torch.no_grad():
        stems = zip(detector.every_head, detector.stems(images), strict=True)
        theirs = [head.class_tower(stem) for head, stem in stems]
        ours = Trunk(detector)(images)[:, sum(LEVEL_CHANNELS) :]
    means = [tower.mean(dim=(2, 3)) for tower in theirs]
    largest = [tower.flatten(2).max(dim=2).values for tower in theirs]
    torch.testing.assert_close(ours, torch.cat([*means, *largest], dim=1))


def test_the_trunk_never_learns_and_the_head_does(detector: Yolox) -> None:
    network = TypeProbabilities(Trunk(detector), TypeHead(torch.randn(9, FEATURES), 7, 0.0))
    network(torch.rand(2, 3, 64, 64) * 255)[:, 0].sum().backward()
    assert all(parameter.grad is None for parameter in network.trunk.parameters())
    assert all(parameter.grad is not None for parameter in network.head.parameters())


def test_the_head_takes_our_pictures_for_usual() -> None:
    features = torch.randn(500, FEATURES) * torch.linspace(0.1, 30, FEATURES) + 5
    head = TypeHead(features, 7, 0.0)
    seen = (features - head.mean) * head.scale
    torch.testing.assert_close(seen.mean(0), torch.zeros(FEATURES), atol=1e-3, rtol=0)
    torch.testing.assert_close(seen.std(0), torch.ones(FEATURES), atol=0.02, rtol=0)


def test_the_answer_is_a_distribution(detector: Yolox) -> None:
    head = TypeHead(torch.randn(9, FEATURES), 7, 0.3)
    rows = TypeProbabilities(Trunk(detector), head).eval()(torch.rand(3, 3, 64, 64) * 255)
    assert rows.shape == (3, 7)
    torch.testing.assert_close(rows.sum(1), torch.ones(3))
