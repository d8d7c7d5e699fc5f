import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.training.plate_locator.dashcam import dashcam_photos  # noqa: E402
from traffic.training.plate_locator.measure import open_finder, whole  # noqa: E402
from traffic.training.plate_locator.recipe import Recipe  # noqa: E402
from traffic.training.plate_locator.train import LOG_FILE, train  # noqa: E402


@pytest.mark.filterwarnings("ignore")
def test_a_short_run_leaves_a_model_and_its_log_and_another_run_goes_on(
    plate_data: Path, recipe: Recipe, answers: Path
) -> None:
    short = recipe.model_copy(update={"steps": 2, "batch": 2, "evaluate_every": 2})
    model = train(short, plate_data, answers)
    find = open_finder(model, short.input_size)(whole(dashcam_photos(plate_data, "valid")[0].image))
    assert find is not None
    assert find.corners.shape == (4, 2)
    (figures,) = [json.loads(line) for line in (answers / LOG_FILE).read_text().splitlines()]
    assert figures["step"] == 2
    for name in ("taught.npy", "taught_held_out.npy", "scenes.npy", "scenes_held_out.npy"):
        (answers / "second").mkdir(exist_ok=True)
        shutil.copyfile(answers / name, answers / "second" / name)
    again = train(short, plate_data, answers / "second", start=model)
    assert again.parent == answers / "second"
    steps = [json.loads(line)["step"] for line in (answers / "second" / LOG_FILE).read_text().splitlines()]
    assert steps == [2, 2]  # the first run's line, then its own
    kinds = ("dashcam", "far", "scenes", "taught", "rendered", "pasted")
    assert {f"{kind}_recall" for kind in kinds} | {"false_finds", "pasted_corner_error"} < figures.keys()
