from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from tests.training.detector import official  # noqa: E402
from traffic.errors import ModelError  # noqa: E402
from traffic.training.convolutions import in_call_order  # noqa: E402
from traffic.training.detector.checkpoint import load_checkpoint, official_name  # noqa: E402
from traffic.training.detector.network import SizeName, WithScores  # noqa: E402
from traffic.training.detector.onnx_import import load_coco  # noqa: E402

SIZES = [("nano", 16, True), ("tiny", 24, False), ("s", 32, False)]


@pytest.fixture(scope="module")
def nano_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("official") / "yolox_nano.pth"
    torch.save({"start_epoch": 300, "model": official.state(official.convolutions(16, True, 80))}, path)
    return path


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("stem", "backbone.backbone.stem.conv"),
        ("dark2.0.1", "backbone.backbone.dark2.0.pconv"),
        ("dark3.1.main", "backbone.backbone.dark3.1.conv1"),
        ("dark3.1.body.2.body.1.0", "backbone.backbone.dark3.1.m.2.conv2.dconv"),
        ("dark4.1.body.0.body.1", "backbone.backbone.dark4.1.m.0.conv2"),
        ("dark5.1.merge", "backbone.backbone.dark5.1.conv2"),
        ("dark5.2.merge", "backbone.backbone.dark5.2.conv3"),
        ("shrink4.0", "backbone.bu_conv1.dconv"),
        ("up3.side", "backbone.C3_p3.conv2"),
        ("heads.2.box_tower.1.0", "head.reg_convs.2.1.dconv"),
        ("heads.0.class_tower.1", "head.cls_convs.0.1"),
        ("heads.0.classes", "head.cls_preds.0"),
        ("heads.1.objectness", "head.obj_preds.1"),
    ],
)
def test_our_names_and_the_official_ones(ours: str, theirs: str) -> None:
    assert official_name(ours) == theirs


@pytest.mark.parametrize(("size", "width", "depthwise"), SIZES)
def test_every_convolution_takes_what_stands_at_its_place_in_the_published_network(
    tmp_path: Path, size: SizeName, width: int, depthwise: bool
) -> None:
    """The order of the calls tells which convolution is which; the loader goes by the names."""
    every = official.convolutions(width, depthwise, 80)
    stored = official.state(every)
    torch.save({"model": stored}, tmp_path / "official.pth")
    called = in_call_order(load_checkpoint(tmp_path / "official.pth", size), nn.Conv2d)
    assert len(called) == len(every)
    for convolution, each in zip(called[1:], every[1:], strict=True):
        if each.is_prediction:
            torch.testing.assert_close(convolution.weight, stored[f"{each.name}.weight"])
            torch.testing.assert_close(convolution.bias, stored[f"{each.name}.bias"])
            continue
        values = torch.randn(1, each.inside, 5, 5)
        plain = nn.functional.conv2d(
            values, stored[f"{each.name}.conv.weight"], padding=each.kernel // 2, groups=each.groups
        )
        batch_norm = (stored[f"{each.name}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        expected = nn.functional.batch_norm(plain, *batch_norm, eps=1e-3)
        found = nn.functional.conv2d(
            values, convolution.weight, convolution.bias, padding=each.kernel // 2, groups=each.groups
        )
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_the_coco_weights_under_their_official_names_give_what_the_published_file_gives(
    coco_file: Path, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx", reason="the oracle needs onnx: pip install 'traffic[training]'")
    onnxruntime = pytest.importorskip("onnxruntime", reason="the oracle needs onnxruntime: pip install 'traffic[onnx]'")
    graph = onnx.load(str(coco_file)).graph
    arrays = {tensor.name: np.array(onnx.numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    fused = [[arrays[name] for name in node.input[1:3]] for node in graph.node if node.op_type == "Conv"]
    every = official.convolutions(16, True, 80)
    torch.save({"model": unfused(every, fused)}, tmp_path / "yolox_nano.pth")
    images = np.random.default_rng(1).uniform(0, 255, (1, 3, 416, 416)).astype(np.float32)
    with torch.inference_mode():
        ours = WithScores(load_checkpoint(tmp_path / "yolox_nano.pth", "nano"))(torch.from_numpy(images)).numpy()
    expected = onnxruntime.InferenceSession(coco_file).run(None, {"images": images})[0]
    np.testing.assert_allclose(ours, expected, atol=1e-3)
    with torch.inference_mode():
        read = WithScores(load_coco(coco_file))(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(ours, read, atol=1e-3)


def test_a_checkpoint_of_other_classes_gives_a_network_of_as_many(tmp_path: Path) -> None:
    torch.save(official.state(official.convolutions(16, True, 3)), tmp_path / "mine.pth")
    assert load_checkpoint(tmp_path / "mine.pth", "nano").heads[1].classes.out_channels == 3


@pytest.mark.parametrize("size", ["tiny", "s"])
def test_another_size_is_refused_with_the_size_to_name(nano_file: Path, size: SizeName) -> None:
    with pytest.raises(
        ModelError, match=r"expected a convolution of \((24|32), 3, 6, 6\), got \(16, 3, 6, 6\)"
    ) as told:
        load_checkpoint(nano_file, size)
    assert "size" in told.value.remedy


def test_a_checkpoint_that_lacks_a_tensor_is_refused_by_its_name(tmp_path: Path) -> None:
    stored = official.state(official.convolutions(16, True, 80))
    del stored["backbone.C3_n3.m.0.conv2.pconv.bn.running_var"]
    torch.save({"model": stored}, tmp_path / "torn.pth")
    with pytest.raises(ModelError, match=r"C3_n3\.m\.0\.conv2\.pconv\.bn\.running_var"):
        load_checkpoint(tmp_path / "torn.pth", "nano")


@pytest.mark.parametrize("content", [b"", b"no checkpoint"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.pth").write_bytes(content)
    with pytest.raises(ModelError, match="expected a checkpoint"):
        load_checkpoint(tmp_path / "page.pth", "nano")


def unfused(every: list[official.Convolution], fused: list[list[np.ndarray]]) -> dict[str, torch.Tensor]:
    """Fused weights under the official names, with a normalisation that gives them back."""
    stored = official.state(every)
    for each, (weight, bias) in zip(every, fused, strict=True):
        if each.is_prediction:
            stored |= {f"{each.name}.weight": torch.from_numpy(weight), f"{each.name}.bias": torch.from_numpy(bias)}
            continue
        gain = stored[f"{each.name}.bn.weight"] / torch.sqrt(stored[f"{each.name}.bn.running_var"] + 1e-3)
        stored[f"{each.name}.conv.weight"] = torch.from_numpy(weight) / gain[:, None, None, None]
        stored[f"{each.name}.bn.bias"] = torch.from_numpy(bias) + stored[f"{each.name}.bn.running_mean"] * gain
    return stored
