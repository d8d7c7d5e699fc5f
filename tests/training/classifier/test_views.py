import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402
from torch import nn  # noqa: E402

from traffic.training.classifier.augmentation import plain  # noqa: E402
from traffic.training.classifier.batches import as_tensor  # noqa: E402
from traffic.training.classifier.samples import Sample  # noqa: E402
from traffic.training.classifier.trunk import FEATURES, Trunk  # noqa: E402
from traffic.training.classifier.views import look_at, shares_of_views  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402

SIZE = (32, 32)


def sample(kind: str | None, level: int) -> Sample:
    image = np.full((40, 40, 3), level, np.uint8)
    image[10:30, 10:30] = (20, 90, 200)
    return Sample("street", image, (8, 8, 32, 32), kind, None)


def test_the_first_view_of_each_is_the_picture_as_it_is_and_no_two_are_alike() -> None:
    torch.manual_seed(0)
    trunk = Trunk(Yolox(80, nn.SiLU))
    samples = [sample("bus", 40), sample("car", 160)]
    features = look_at(trunk, samples, 3, SIZE, np.random.default_rng(0))
    assert features.shape == (6, FEATURES)
    expected = trunk(as_tensor(np.stack([plain(each, SIZE) for each in samples])))
    torch.testing.assert_close(features[[0, 3]], expected)
    assert len({tuple(row) for row in features.tolist()}) == 6


def test_views_share_what_their_sample_would_be_drawn_and_sides_what_they_are_given() -> None:
    real, drawn = [sample("bus", 1)] * 4 + [sample("car", 1)], [sample("car", 1)] * 3
    shares = shares_of_views(((real, 5, 0.75), (drawn, 2, 0.25)))
    assert len(shares) == 25 + 6
    assert shares[:25].sum() == pytest.approx(0.75)
    assert shares[25:].sum() == pytest.approx(0.25)
    assert shares[20:25].sum() == pytest.approx(2 * shares[:5].sum())
