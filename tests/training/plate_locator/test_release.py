from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

import numpy as np  # noqa: E402

from traffic.datatypes import VehicleCrop  # noqa: E402
from traffic.inference.model_card import PlateLocatorCard, load_model_card, verified_model_path  # noqa: E402
from traffic.plates.locator import PlateCorners  # noqa: E402
from traffic.training.card_writing import write_card  # noqa: E402
from traffic.training.plate_locator.export import export_onnx  # noqa: E402
from traffic.training.plate_locator.held_out import HeldOut, held_out_views  # noqa: E402
from traffic.training.plate_locator.measure import open_finder  # noqa: E402
from traffic.training.plate_locator.network import PlateNet  # noqa: E402
from traffic.training.plate_locator.recipe import Recipe  # noqa: E402
from traffic.training.plate_locator.release import (  # noqa: E402
    best_threshold,
    held_out_figures,
    make_card,
    training_command,
)
from traffic.training.plate_locator.samples import PlateView  # noqa: E402
from traffic.training.plate_locator.teacher import TEACHER_FILE  # noqa: E402

QUAD = np.array([[[40, 40], [80, 40], [80, 50], [40, 50]]], np.float32)


def shaded(shade: int, quads: np.ndarray = QUAD) -> PlateView:
    return PlateView(np.full((100, 200, 3), shade, np.uint8), quads, np.ones(len(quads), np.bool_))


def shade_is_score(crop: VehicleCrop) -> PlateCorners:
    """Finds the plate whatever is shown; the brighter, the surer."""
    return PlateCorners(QUAD[0], float(crop.frame.image.mean()) / 255)


def test_the_threshold_lies_between_what_is_a_plate_and_what_is_none() -> None:
    empty = np.zeros((0, 4, 2), np.float32)
    held_out = HeldOut({"a": [shaded(200), shaded(180)], "b": [shaded(160)]}, [shaded(40, empty), shaded(90, empty)])
    assert 90 / 255 < best_threshold(shade_is_score, held_out) <= 160 / 255


def test_figures_tell_every_set_and_every_angle(plate_data: Path, recipe: Recipe, answers: Path) -> None:
    export_onnx(PlateNet(), recipe.input_size, answers / "model.onnx")
    held_out = held_out_views(recipe, plate_data, answers)
    figures = list(held_out_figures(open_finder(answers / "model.onnx", recipe.input_size), held_out, 0.5, recipe))
    sets = {figure.set for figure in figures}
    assert {
        "dashcam",
        "far",
        "scenes",
        "taught",
        "rendered",
        "pasted",
        "silent",
        "drawn plates turned by 45 degrees",
    } <= sets
    assert all(figure.samples > 0 for figure in figures)


@pytest.mark.slow
def test_a_card_written_is_the_card_read_and_its_model_is_accepted(
    plate_data: Path, recipe: Recipe, answers: Path, request: pytest.FixtureRequest
) -> None:
    import os

    real = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / TEACHER_FILE
    if not real.exists():
        pytest.skip(f"the teacher is not at {real}: set TRAFFIC_DATA")
    (plate_data / TEACHER_FILE).parent.mkdir(parents=True, exist_ok=True)
    if not (plate_data / TEACHER_FILE).exists():
        (plate_data / TEACHER_FILE).symlink_to(real.resolve())
    torch.manual_seed(0)
    export_onnx(PlateNet(), recipe.input_size, answers / "model.onnx")
    card = make_card(recipe, "make it", answers / "model.onnx", plate_data, answers)
    write_card(card, answers / "card.yaml")
    assert load_model_card(answers / "card.yaml", PlateLocatorCard) == card
    assert verified_model_path(answers / "card.yaml") == answers / "model.onnx"
    beside = [figure for figure in card.figures if figure.peer_value is not None]
    assert {figure.set for figure in beside} >= {"openalpr eu", "openalpr br", "plates_ru"}
    assert {source.licence for source in card.data} == {"CC BY 4.0", "MIT", "Apache-2.0"}


def test_the_command_tells_every_run() -> None:
    only = training_command(Path("a.yaml"))
    assert only.endswith("train a.yaml")
    first, second, third = training_command(Path("c.yaml"), [Path("a.yaml"), Path("b.yaml")]).split(" && ")
    assert first == f"{only} --out data/stage_1"
    assert second.endswith("b.yaml --out data/stage_2 --start data/stage_1/plate_locator.onnx")
    assert third.endswith("c.yaml --start data/stage_2/plate_locator.onnx")
