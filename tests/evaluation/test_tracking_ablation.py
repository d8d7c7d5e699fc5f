"""The table of what the choices are worth, on films of a few seconds."""

from __future__ import annotations

import gzip

import typer
from typer.testing import CliRunner

from traffic.evaluation import tracking_ablation

TRUTH = "".join(f"{i} 3 Car 0 0 -10 {i} 100 {100 + i} 150 -1 -1 -1 -1 -1 -1 -1\n" for i in range(12))
FOUND = "".join(f"{i},{i},100,{100 + i},150,6\n" for i in range(12))


def _table(*arguments: object) -> list[list[str]]:
    app = typer.Typer()
    app.command()(tracking_ablation.main)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in result.stdout.splitlines()]


def test_a_row_a_variant_and_a_column_a_film(monkeypatch):
    monkeypatch.setattr(tracking_ablation, "SEEDS", (1,))
    header, _, *rows = _table("--seconds", "3", "--only", "as it is", "--only", "confirmed", "--only", "at most 4 m")
    assert header == ["HOTA / IDF1 / switches", "simulated 12.5", "simulated 5", "simulated, missing frames"]
    names = [row[0] for row in rows]
    assert names == ["**as it is**", "confirmed at once", "confirmed after 3", "road plane: at most 4 m apart"]
    assert rows[0][1] != rows[2][1]


def test_kitti_has_columns_of_its_own_and_no_road_plane(tmp_path, monkeypatch):
    monkeypatch.setattr(tracking_ablation, "SEEDS", (1,))
    for folder, text in (("gt", TRUTH), ("det_pointrcnn_car", FOUND)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "0001.txt.gz").write_bytes(gzip.compress(text.encode()))
    header, _, *rows = _table("--kitti", tmp_path, "--seconds", "2", "--only", "as it is", "--only", "8 m")
    assert header[1:4] == ["KITTI 10", "KITTI 5", "KITTI 2.5"]
    assert rows[0][1].endswith("/ 0"), "one car, seen in every frame, bears one number"
    assert rows[1][1:4] == ["-"] * 3
