from pathlib import Path

import pytest

from traffic.benchmark.frame_work import Device, Work
from traffic.benchmark.roofline import main, table
from traffic.errors import ModelError

SLOW = Device("slow", bytes_per_s=100.0, dense_flops=10.0, other_flops=5.0)
DETECTOR = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"


def test_the_table_adds_up():
    lines = list(table([Work("one", 100.0), Work("other", 50.0, dense_flop=20.0)], SLOW))
    assert lines[-1] == "| all, one after the other | 0.0 | 0 | 3000.00 |"


def test_the_page_tells_where_a_frame_goes_and_what_its_vehicles_add(capsys):
    main(DETECTOR, looks=0)
    without = capsys.readouterr().out.splitlines()
    main(DETECTOR, looks=4)
    with_looks = capsys.readouterr().out.splitlines()
    assert with_looks[: len(without) - 1] == without[:-1]
    added = [line.split(" | ")[0].strip("| ") for line in with_looks[len(without) - 1 : -1]]
    assert added == ["crops for classifier and plates", "vehicle classifier", "plate locator", "plate reader"]


def test_a_model_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match="expected an ONNX file"):
        main(tmp_path / "none.onnx")
