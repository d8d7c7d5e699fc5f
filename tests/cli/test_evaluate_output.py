from pathlib import Path

import pytest

from traffic.cli.evaluate_output import progress_bar, write_report
from traffic.errors import ConfigError


def test_a_report_is_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path / "new" / "folder", "plates", "{}", "<p>ГРЗ</p>")
    assert (tmp_path / "new/folder/plates.json").read_text(encoding="utf-8") == "{}\n"
    assert (tmp_path / "new/folder/plates.html").read_text(encoding="utf-8") == "<p>ГРЗ</p>"
    assert "plates.html" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    with pytest.raises(ConfigError, match=r"--report: expected a folder to write to, got .*notes"):
        write_report(tmp_path / "notes", "plates", "{}", "")


def test_progress_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as tell:
        tell("ours", 1)
        tell("ours", 2)
        tell("peer", 1)
    assert capsys.readouterr().out == ""
