import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import Tensor, nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.detector.assignment import cells_of  # noqa: E402
from traffic.training.detector.batches import Batch  # noqa: E402
from traffic.training.detector.loss import Truth, answers_of  # noqa: E402
from traffic.training.detector.network import Yolox, from_nothing  # noqa: E402
from traffic.training.detector.type_examples import class_logits, collect_examples  # noqa: E402

SIZE = (96, 64)
BUS = torch.tensor([[False, False, True, False, False]])


@pytest.fixture
def network() -> Yolox:
    torch.manual_seed(0)
    return from_nothing(5, nn.SiLU, "nano").eval()


def _batch(*boxes: tuple[float, float, float, float]) -> Batch:
    images = torch.from_numpy(np.random.default_rng(1).uniform(0, 255, (len(boxes), 3, SIZE[1], SIZE[0]))).float()
    return Batch(images, [Truth(torch.tensor([box]), BUS) for box in boxes], SIZE)


@pytest.mark.parametrize(
    "box",
    [(24.0, 16.0, 72.0, 48.0), (0.0, 0.0, 30.0, 26.0), (60.0, 30.0, 96.0, 64.0)],
    ids=["in the middle", "in the upper left corner", "in the lower right corner"],
)
def test_from_a_patch_the_head_says_what_it_says_of_the_whole_picture(
    network: Yolox, box: tuple[float, float, float, float]
) -> None:
    batch = _batch(box, (40.0, 20.0, 60.0, 40.0))
    examples = collect_examples(network, [batch])
    with torch.inference_mode():
        rows = network(batch.images)
        answers = answers_of(rows, batch.truths, cells_of(SIZE))
        patches = [
            class_logits(head, level.seen.float(), level.inside.float())
            for head, level in zip(network.every_head, examples, strict=True)
        ]
    whole = rows[answers.picture, answers.cell, 5:]
    assert len(whole) == sum(map(len, examples)) > 0
    torch.testing.assert_close(_sorted(torch.cat(patches)), _sorted(whole), atol=2e-3, rtol=0)


def test_examples_of_all_batches_are_there_with_their_labels(network: Yolox) -> None:
    one, two = _batch((24.0, 16.0, 72.0, 48.0)), _batch((10.0, 10.0, 40.0, 40.0))
    counts = [sum(map(len, collect_examples(network, batches))) for batches in ([one], [two], [one, two])]
    assert counts[0] + counts[1] == counts[2]
    for level in collect_examples(network, [one, two]):
        assert level.allowed.tolist() == BUS.tolist() * len(level)
        assert ((level.iou >= 0) & (level.iou <= 1)).all()


def test_a_tower_of_another_depth_is_refused(network: Yolox) -> None:
    head = network.every_head[0]
    head.class_tower.append(nn.Identity())
    with pytest.raises(ModelError, match="2 layers, got 3"):
        class_logits(head, torch.zeros(1, 64, 5, 5), torch.ones(1, 1, 3, 3))


def _sorted(logits: Tensor) -> Tensor:
    return logits[logits[:, 0].argsort()]
