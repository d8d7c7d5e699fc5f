import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.evaluation.detection import EXACT  # noqa: E402
from traffic.evaluation.detectors import open_detector  # noqa: E402
from traffic.training.detector.log import LOG_FILE, TRAINED_FILE  # noqa: E402
from traffic.training.detector.recipe import load_recipe  # noqa: E402
from traffic.training.detector.train import train  # noqa: E402

SHIPPED = Path(__file__).parents[3] / "traffic" / "training" / "recipes" / "vehicle_detector.yaml"


@pytest.mark.filterwarnings("ignore")
def test_a_short_run_leaves_a_model_that_can_be_opened_and_its_log(tiny_data: Path, tmp_path: Path) -> None:
    shipped = load_recipe(SHIPPED)
    rendered = shipped.rendered.model_copy(update={"frames": 1, "first_seed": 10})
    short = {"steps": 2, "batch": 2, "input_sizes": ((64, 64),), "calibration_batches": 2, "evaluate_every": 2}
    stage = shipped.type_stage.model_copy(update={"steps": 1, "batches": 2}) if shipped.type_stage else None
    model = train(
        shipped.model_copy(update={"rendered": rendered, "start": None, "type_stage": stage, **short}),
        tiny_data,
        tmp_path / "out",
    )
    with open_detector(model, shipped.classes, (96, 64), EXACT):
        pass
    trained, staged = [json.loads(line) for line in (tmp_path / "out" / LOG_FILE).read_text().splitlines()]
    assert (trained["step"], staged["step"]) == (2, 3)
    assert [path.name for path in sorted((tmp_path / "out").glob("*.pt"))] == ["checkpoint_0.pt", "checkpoint_2.pt"]
    assert (tmp_path / "out" / TRAINED_FILE).exists()
    assert {"overbridge_ap50", "day_and_night_ap50", "close_ups_ap50", "photos_ap50"} < trained.keys() & staged.keys()
