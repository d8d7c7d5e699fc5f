from pathlib import Path

import pytest

from traffic.cli.evaluate_output import progress_bar, write_report


def test_a_report_is_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path / "new" / "folder", "plates", "{}", "<p>ГРЗ</p>")
    assert (tmp_path / "new/folder/plates.json").read_text(encoding="utf-8") == "{}\n"
    assert (tmp_path / "new/folder/plates.html").read_text(encoding="utf-8") == "<p>ГРЗ</p>"
    assert "plates.html" in capsys.readouterr().err


def test_progress_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as tell:
        tell("ours", 1)
        tell("ours", 2)
        tell("peer", 1)
    assert capsys.readouterr().out == ""
