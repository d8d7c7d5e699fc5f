"""Exit codes and what is said on the way out (traffic/__main__.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.project import Traffic
from traffic.__main__ import main

REPOSITORY = Path(__file__).parents[2]


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "traffic", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["passages", "list", "-c", "absent.yaml"], 2, "absent.yaml"),
        (["passages", "list", "--since", "soon"], 2, "soon"),
        (["pasages"], 2, "passages"),
        (["--no-such-option"], 2, "--no-such-option"),
        (["models", "list", "--folder", "/nonexistent"], 1, "--folder"),
    ],
)
def test_expected_errors_have_a_code_and_a_message_and_no_traceback(
    arguments: list[str], code: int, said: str, traffic: Traffic
) -> None:
    answer = traffic(*arguments)

    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_the_remedy_stands_under_the_error(traffic: Traffic, tmp_path: Path) -> None:
    lines = traffic("db", "current", "-c", tmp_path / "none.yaml").err.splitlines()

    assert lines[0].startswith("error: expected a readable config file")
    assert lines[1].strip().startswith("to mend it: name it with --config")


def test_ctrl_c_gives_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("traffic.cli.schema.config_schema", interrupted)

    assert main(["schema", "config"]) == 130


def test_a_real_process_gives_the_same_codes(tmp_path: Path) -> None:
    wrong = process("check", "--config", tmp_path / "none.yaml")

    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert wrong.stderr.startswith("error: ")
    assert "Traceback" not in wrong.stderr


def test_a_reader_that_goes_away_is_no_trouble() -> None:
    writer = subprocess.Popen(
        [sys.executable, "-m", "traffic", "schema", "config"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()

    with writer:
        assert writer.stderr.read() == ""
        assert writer.wait() == 1
