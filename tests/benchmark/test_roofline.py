from pathlib import Path

import pytest

from traffic.benchmark.frame_work import PLUGIN_NAME, Device, Work
from traffic.benchmark.roofline import ALL, LEFT, main, table
from traffic.errors import ModelError

SLOW = Device("slow", bytes_per_s=100.0, dense_flops=10.0, other_flops=5.0)
DETECTOR = Path(__file__).parents[2] / "engines" / "vehicle_detector.onnx"


def test_the_table_adds_up_and_tells_what_is_left_of_a_frame():
    lines = list(table([Work("one", 100.0), Work("other", 50.0, dense_flop=20.0)], SLOW, frame_s=4.0))
    assert lines[0].endswith("| of a frame's 4000.0 ms |")
    assert lines[-2] == "| all, one after the other | 0.0 | 0 | 3000.00 | 75.0 % |"
    assert lines[-1].endswith("| | | 1000.00 | 25.0 % |")


def printed(capsys, **options):
    """The figures of each part in a printed table, by its name."""
    main(DETECTOR, **options)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()]
    return {name: figures for name, *figures in rows[2:]}


def test_the_page_tells_where_a_frame_goes_and_what_its_vehicles_add(capsys):
    without, with_looks = printed(capsys, looks=0), printed(capsys, looks=4)
    added = set(with_looks) - set(without)
    assert added == {"crops for classifier and plates", "vehicle classifier", "plate locator", "plate reader"}
    same = set(without) - {ALL, LEFT}
    assert {name: with_looks[name] for name in same} == {name: without[name] for name in same}


def test_the_plugin_of_mish_is_a_part_of_its_own(capsys):
    with_plugin, without = printed(capsys, looks=0), printed(capsys, looks=0, plugin=False)
    assert set(with_plugin) - set(without) == {PLUGIN_NAME}
    assert with_plugin[PLUGIN_NAME] == ["47.6", "0", "0.80", "2.4 %"]


def test_the_parts_and_what_is_left_are_the_whole_of_a_frame(capsys):
    """And the page has every row of it."""
    rows = printed(capsys)
    parts = [float(figures[2]) for name, figures in rows.items() if name not in (ALL, LEFT)]
    assert sum(parts) == pytest.approx(float(rows[ALL][2]), abs=0.06)
    assert float(rows[ALL][2]) + float(rows[LEFT][2]) == pytest.approx(1000 / 30, abs=0.02)
    text = (DETECTOR.parents[1] / "docs" / "performance.md").read_text()
    assert [name for name in rows if f"| {name} |" not in text] == []


def test_a_model_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match="expected an ONNX file"):
        main(tmp_path / "none.onnx")
