"""Constants chosen on one half of the sequences, told on the other one."""

from __future__ import annotations

import gzip

import typer
from typer.testing import CliRunner

from traffic.evaluation import tracking_split
from traffic.evaluation.tracking_split import CHOICES, choose, variant_of
from traffic.evaluation.tracking_variants import applied
from traffic.tracking import motion

TRUTH = "".join(f"{i} 3 Car 0 0 -10 {20 * i} 100 {100 + 20 * i} 150 -1 -1 -1 -1 -1 -1 -1\n" for i in range(10))
FOUND = "".join(f"{i},{20 * i},100,{100 + 20 * i},150,6\n" for i in range(10))


def _kitti(folder) -> None:
    for name, text in (("gt", TRUTH), ("det_pointrcnn_car", FOUND)):
        (folder / name).mkdir()
        for sequence in range(4):
            (folder / name / f"{sequence:04d}.txt.gz").write_bytes(gzip.compress(text.encode()))


def test_the_table_has_both_tellings_together_and_the_shipped_constants(tmp_path, monkeypatch):
    _kitti(tmp_path)
    monkeypatch.setattr(tracking_split, "CHOICES", {name: values[:2] for name, values in CHOICES.items()})
    app = typer.Typer()
    app.command()(tracking_split.main)
    result = CliRunner().invoke(app, [str(tmp_path), "--rounds", "1"])
    assert result.exit_code == 0, result.output
    chosen, other, *table = result.stdout.splitlines()
    assert chosen.startswith("chosen on 0000 and every second one after it: match_iou")
    assert other.startswith("chosen on 0001")
    assert [line.split("|")[1].strip() for line in table] == [
        "HOTA / IDF1 / switches", "---", "chosen on the other half", "as shipped",
    ]  # fmt: skip


def test_the_better_value_is_chosen_and_of_equals_the_first(monkeypatch):
    monkeypatch.setattr(tracking_split, "_worth", lambda choice, _: -abs(choice["match_iou"] - 0.24))
    choice = choose([], rounds=1)
    assert choice["match_iou"] == 0.25
    assert choice["LOST_WORTH"] == CHOICES["LOST_WORTH"][0]


def test_a_choice_becomes_settings_and_constants():
    choice = {name: values[-1] for name, values in CHOICES.items()}
    variant = variant_of(choice)
    before = motion.ACCELERATION_DENSITY.copy()
    assert variant.settings.lost_after_s == CHOICES["lost_after_s"][-1]
    with applied(variant):
        assert CHOICES["MEASURED_STD"][-1] == motion.MEASURED_STD
        assert (4 * before == motion.ACCELERATION_DENSITY).all()
    assert (before == motion.ACCELERATION_DENSITY).all()
