from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")
onnxruntime = pytest.importorskip("onnxruntime", reason="the oracle needs onnxruntime: pip install 'traffic[onnx]'")

from torch import nn  # noqa: E402

from traffic.errors import ModelError  # noqa: E402
from traffic.training.detector.network import WithScores, Yolox  # noqa: E402
from traffic.training.detector.onnx_import import load_coco, start_from_coco  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402

CLASSES = ("car", "van", "bus", "truck", "motorcycle")


def test_the_network_gives_what_the_published_file_gives(coco_file: Path) -> None:
    images = np.random.default_rng(1).uniform(0, 255, (1, 3, 416, 416)).astype(np.float32)
    expected = onnxruntime.InferenceSession(coco_file).run(None, {"images": images})[0]
    with torch.inference_mode():
        ours = WithScores(load_coco(coco_file))(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(ours, expected, atol=1e-3)


def test_our_classes_start_as_their_coco_namesakes_and_vans_between_cars_and_trucks() -> None:
    torch.manual_seed(0)
    coco = Yolox(80, nn.SiLU)
    ours = start_from_coco(coco, CLASSES)
    theirs, rows = coco.heads[1].classes.bias, ours.heads[1].classes.bias
    torch.testing.assert_close(rows[[0, 2, 3, 4]], theirs[[2, 5, 7, 3]])
    torch.testing.assert_close(rows[1], (theirs[2] + theirs[7]) / 2 - 1)
    torch.testing.assert_close(ours.stem.conv.weight, coco.stem.conv.weight)


def test_another_network_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    export_onnx(Yolox(3, nn.SiLU), tmp_path / "three_classes.onnx")
    with pytest.raises(ModelError, match="expected a convolution of"):
        load_coco(tmp_path / "three_classes.onnx")
