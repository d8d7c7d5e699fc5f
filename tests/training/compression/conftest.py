"""A small released detector whose weights are random, and pictures for it."""

from pathlib import Path

import pytest

from traffic.training.compression.recipe import Tuning


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card of a nano detector with random weights that finds something everywhere."""
    torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")
    from datetime import date

    from traffic.inference.model_card import DetectorCard, ImageInput, Recipe, YoloxOutput, sha256_of
    from traffic.training.card_writing import write_card
    from traffic.training.detector.network import Yolox
    from traffic.training.export import export_onnx

    folder = tmp_path_factory.mktemp("released")
    torch.manual_seed(4)
    export_onnx(Yolox(5, torch.nn.Mish).eval(), folder / "vehicle_detector.onnx")
    card = DetectorCard(
        name="small",
        task="vehicle-detection",
        file="vehicle_detector.onnx",
        sha256=sha256_of(folder / "vehicle_detector.onnx"),
        licence="Apache-2.0",
        created=date(2026, 11, 22),
        input=ImageInput(name="images"),
        output=YoloxOutput(name="output"),
        classes=("car", "van", "bus", "truck", "motorcycle"),
        score_threshold=0.3,
        data=(),
        recipe=Recipe(command="none", seed=4),
    )
    write_card(card, folder / "vehicle_detector.yaml")
    return folder / "vehicle_detector.yaml"


@pytest.fixture(scope="session")
def small_training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped training recipe with a single drawn frame on each side."""
    import yaml

    shipped = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"
    fields = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    fields["rendered"] = {"frames": 1, "first_seed": 10, "held_out_frames": 1, "held_out_first_seed": 11}
    path = tmp_path_factory.mktemp("recipe") / "training.yaml"
    path.write_text(yaml.safe_dump(fields))
    return path


@pytest.fixture
def one_step() -> Tuning:
    return Tuning(
        seed=1,
        steps=1,
        batch=1,
        learning_rate=1e-4,
        warmup_steps=1,
        ema_decay=0.9,
        mosaic_share=0.5,
        input_sizes=((64, 64),),
    )
