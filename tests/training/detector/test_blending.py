import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.detector.blending import blended  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_weight_lies_between_the_two_by_the_share(share: float) -> None:
    torch.manual_seed(0)
    trained, published = Yolox(2, nn.SiLU), Yolox(2, nn.SiLU)
    blend = dict(blended(trained, published, share).named_parameters())
    for (name, ours), theirs in zip(trained.named_parameters(), published.parameters(), strict=True):
        torch.testing.assert_close(blend[name], (1 - share) * ours + share * theirs)


def test_the_trained_network_stays_as_it_is() -> None:
    torch.manual_seed(0)
    trained = Yolox(2, nn.SiLU)
    before = trained.stem.conv.weight.clone()
    blended(trained, Yolox(2, nn.SiLU), 0.5)
    torch.testing.assert_close(trained.stem.conv.weight, before)


@pytest.mark.parametrize("other", [Yolox(3, nn.SiLU), Yolox(2, nn.SiLU, "tiny")], ids=["other classes", "other size"])
def test_networks_of_other_shapes_are_refused(other: Yolox) -> None:
    with pytest.raises(ModelError, match="one shape"):
        blended(Yolox(2, nn.SiLU), other, 0.5)
