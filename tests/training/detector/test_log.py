from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from torch import nn  # noqa: E402

from traffic.datatypes import VEHICLE_CLASSES  # noqa: E402
from traffic.training.detector.log import held_out_figures  # noqa: E402
from traffic.training.detector.network import from_nothing  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402
from traffic.training.export import export_onnx  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


def test_a_model_that_knows_nothing_has_figures_of_every_set(tiny_data: Path, tmp_path: Path) -> None:
    export_onnx(from_nothing(len(VEHICLE_CLASSES), nn.SiLU, "nano").eval(), tmp_path / "model.onnx")
    figures = held_out_figures(tmp_path / "model.onnx", load_recipe(SHIPPED), tiny_data)
    assert {f"{name}_{kind}" for name in ("overbridge", "photos") for kind in ("ap50", "ap")} <= figures.keys()
    assert all(0 <= value <= 1 for value in figures.values())
