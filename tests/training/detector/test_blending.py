import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.detector.blending import blended  # noqa: E402
from traffic.training.detector.network import Yolox  # noqa: E402
from traffic.training.detector.recipe import PublishedShares  # noqa: E402

HALF = PublishedShares(backbone=0.5, neck=0.5, head=0.5)
PARTS = {
    "backbone": ("stem.", "dark"),
    "neck": ("lateral", "up", "shrink", "down"),
    "head": ("heads.",),
}


@pytest.mark.parametrize(
    "shares", [{"backbone": 0.0, "neck": 0.0, "head": 0.0}, {"backbone": 1.0, "neck": 0.25, "head": 0.5}]
)
def test_every_weight_lies_between_the_two_by_the_share_of_its_part(shares: dict[str, float]) -> None:
    torch.manual_seed(0)
    trained, published = Yolox(2, nn.SiLU), Yolox(2, nn.SiLU)
    blend = dict(blended(trained, published, PublishedShares(**shares)).named_parameters())
    for (name, ours), theirs in zip(trained.named_parameters(), published.parameters(), strict=True):
        share = next(shares[part] for part, names in PARTS.items() if name.startswith(names))
        torch.testing.assert_close(blend[name], (1 - share) * ours + share * theirs)


def test_the_trained_network_stays_as_it_is() -> None:
    torch.manual_seed(0)
    trained = Yolox(2, nn.SiLU)
    before = trained.stem.conv.weight.clone()
    blended(trained, Yolox(2, nn.SiLU), HALF)
    torch.testing.assert_close(trained.stem.conv.weight, before)


@pytest.mark.parametrize("other", [Yolox(3, nn.SiLU), Yolox(2, nn.SiLU, "tiny")], ids=["other classes", "other size"])
def test_networks_of_other_shapes_are_refused(other: Yolox) -> None:
    with pytest.raises(ModelError, match="one shape"):
        blended(Yolox(2, nn.SiLU), other, HALF)
