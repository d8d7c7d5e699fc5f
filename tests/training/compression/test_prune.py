from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.evaluation.detection import EXACT  # noqa: E402
from traffic.evaluation.detectors import open_detector  # noqa: E402
from traffic.training.compression.prune import LOG_FILE, prune, show  # noqa: E402
from traffic.training.compression.recipe import PruneRecipe, Start, Tuning  # noqa: E402


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_ratio_gives_a_smaller_model_that_can_be_opened_and_a_line_of_the_table(
    tiny_data: Path,
    released: Path,
    small_training: Path,
    one_step: Tuning,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = Start(card=released, training=small_training)
    recipe = PruneRecipe(start=start, ratios=(0.5,), criterion="scale", multiple=4, tuning=one_step)
    whole, half = prune(recipe, tiny_data, tmp_path)
    assert (whole.ratio, half.ratio) == (0, 0.5)
    assert half.parameters < 0.4 * whole.parameters
    assert half.mflop < 0.4 * whole.mflop
    assert half.after.keys() == whole.before.keys() >= {"overbridge", "day_and_night"}
    with open_detector(tmp_path / "pruned_50.onnx", ("car", "van", "bus", "truck", "motorcycle"), (64, 64), EXACT):
        pass
    assert '"ratio": 0.5' in (tmp_path / LOG_FILE).read_text()
    show([whole, half])
    assert f"{half.parameters:,}" in capsys.readouterr().out
