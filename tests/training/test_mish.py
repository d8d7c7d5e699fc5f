import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.mish import TrainingMish  # noqa: E402

X = torch.tensor([-100.0, -20, -5, -1.1924, -1e-3, 0, 1e-3, 1, 5, 20, 21, 100, 1000])


def reference(x: torch.Tensor) -> torch.Tensor:
    """x * tanh(log(1 + e^x)) in double precision, as the paper defines it."""
    x = x.double()
    return x * torch.tanh(torch.where(x > 30, x, torch.log1p(torch.exp(x.clamp(max=30)))))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("training", [True, False])
def test_mish_and_its_slope_are_those_of_the_paper(training: bool) -> None:
    mish = TrainingMish().train(training)
    x = X.clone().requires_grad_()
    y = mish(x)
    torch.testing.assert_close(y.double(), reference(X), atol=1e-6, rtol=1e-5)
    (slope,) = torch.autograd.grad(y.sum(), x)
    step = 1e-6
    expected = (reference(X.double() + step) - reference(X.double() - step)) / (2 * step)
    torch.testing.assert_close(slope.double(), expected, atol=1e-5, rtol=1e-4)
