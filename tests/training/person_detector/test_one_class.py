from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.training.detector.network import WithScores, Yolox  # noqa: E402
from traffic.training.detector.onnx_import import load_coco  # noqa: E402
from traffic.training.person_detector.one_class import PERSON_COLUMN, only_class  # noqa: E402


@pytest.mark.parametrize("column", [0, 2])
def test_it_says_of_one_class_what_the_network_of_all_classes_says(column: int) -> None:
    torch.manual_seed(0)
    network, images = Yolox(3, nn.SiLU).eval(), torch.rand(2, 3, 64, 96) * 255
    with torch.inference_mode():
        every, one = WithScores(network)(images), WithScores(only_class(network, column))(images)
    torch.testing.assert_close(one, every[..., [0, 1, 2, 3, 4, 5 + column]])


def test_people_are_cocos_first_class(coco_file: Path) -> None:
    """In the published weights nothing is said as often as person."""
    coco = load_coco(coco_file)
    with torch.inference_mode():
        biases = torch.stack([head.classes.bias for head in coco.heads]).mean(dim=0)
    assert int(biases.argmax()) == PERSON_COLUMN
