"""The report's table and pictures, on simulated intersections of a few seconds."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from traffic.evaluation import tracking_report
from traffic.evaluation.tracking_peers import our_tracker


def report(*arguments: object):
    app = typer.Typer()
    app.command()(tracking_report.main)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_table_has_a_row_a_tracker_and_the_pictures_are_written(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAFFIC_DATA", str(tmp_path / "none"))
    monkeypatch.setattr(tracking_report, "installed_peers", lambda: ({"another": our_tracker()}, ("left out X",)))
    result = report(tmp_path / "pictures", "--seconds", "4")
    assert result.exit_code == 0, result.output
    header, _, *rows = [line for line in result.stdout.splitlines() if line.startswith("|")]
    assert header.count("|") == 2 + 5, "five columns: three rates, missing frames, a rate that jumps"
    names = [row.split("|")[1].strip() for row in rows]
    assert names == ["traffic", "another"]
    assert rows[0].split("|")[2:] == rows[1].split("|")[2:], "the same tracker under two names has the same figures"
    assert "left out X" in result.stderr
    assert "KITTI left out" in result.stderr
    assert (tmp_path / "pictures" / "tracking_rates.svg").read_text().count("<polyline") == 2
    assert (tmp_path / "pictures" / "tracking_occlusion.jpg").stat().st_size > 1000


def test_the_clip_alone_is_written_when_asked_for(tmp_path):
    result = report(tmp_path / "pictures", "--clip", tmp_path / "clip.mp4")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "clip.mp4").stat().st_size > 1000
    assert not (tmp_path / "pictures").exists()
