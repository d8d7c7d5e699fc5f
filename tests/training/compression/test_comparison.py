from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'traffic[training]'")

from traffic.errors import ModelError  # noqa: E402
from traffic.evaluation.detection import held_out_sets  # noqa: E402
from traffic.training.compression.comparison import Comparison, compare, require_small_loss, show  # noqa: E402

CLASSES = ("car", "van", "bus", "truck", "motorcycle")


def line(float_ap: float, int8_ap: float, name: str = "night") -> Comparison:
    return Comparison(name, (640, 384), 20, 351, 0.8, float_ap, 0.79, int8_ap)


@pytest.mark.parametrize(("float_ap", "int8_ap"), [(0.5, 0.5), (0.5, 0.4851), (0.5, 0.6), (0.0, 0.0)])
def test_int8_that_loses_at_most_one_and_a_half_points_passes(float_ap: float, int8_ap: float) -> None:
    require_small_loss([line(float_ap, int8_ap)])


def test_one_set_that_loses_more_is_enough_to_refuse_and_is_named_with_what_to_do() -> None:
    lines = [line(0.5, 0.5, "day"), line(0.5, 0.4, "night")]
    with pytest.raises(ModelError) as error:
        require_small_loss(lines)
    told = str(error.value)
    assert "expected INT8 within 1.5 AP points of float on every held-out set" in told
    assert "night at 640x384: AP 0.400, float 0.500" in told
    assert "day" not in told.split("got")[1].split("to mend")[0]
    assert "tuning.steps" in told
    assert "nothing was released" in told


def test_nothing_measured_is_no_pass() -> None:
    with pytest.raises(ModelError, match="got no set"):
        require_small_loss([])


def test_a_model_loses_nothing_against_itself_on_any_set_at_any_input(released: Path, tiny_data: Path) -> None:
    model = released.with_name("vehicle_detector.onnx")
    sets = {name: pictures for name, pictures in held_out_sets(tiny_data).items() if name in ("overbridge", "photos")}
    lines = compare(model, model, CLASSES, sets, ((64, 64), (96, 64)))
    assert {(each.set, each.size) for each in lines} == {
        (name, size) for name in ("overbridge", "photos") for size in ((64, 64), (96, 64))
    }
    assert all(each.loss == 0 and each.pictures == 1 for each in lines)


def test_the_table_has_a_line_a_set_with_both_and_the_loss(capsys: pytest.CaptureFixture[str]) -> None:
    show([line(0.512, 0.5, "day"), line(0.25, 0.26)])
    printed = capsys.readouterr().out
    day, night = (next(row for row in printed.splitlines() if name in row) for name in ("day", "night"))
    assert all(part in day for part in ("640x384", "351", "0.512", "0.500", "0.012"))
    assert all(part in night for part in ("0.250", "0.260", "-0.010"))
