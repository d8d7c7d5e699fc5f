"""The commands put together."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import traffic as package
from tests.cli.project import Project, Traffic
from traffic.cli.app import app


def test_help_names_every_command_and_what_to_begin_with(traffic: Traffic) -> None:
    answer = traffic("--help")

    assert answer.code == 0
    for command in (
        "run",
        "bench",
        "evaluate",
        "check",
        "simulate",
        "schema",
        "db",
        "models",
        "passages",
        "violations",
        "events",
    ):
        assert command in answer.out
    assert "traffic check" in answer.out


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["bench"],
        ["check"],
        ["simulate"],
        ["schema", "config"],
        ["schema", "events"],
        ["db", "upgrade"],
        ["db", "current"],
        ["models", "list"],
        *([kind, verb] for kind in ("passages", "violations") for verb in ("list", "show", "export")),
        ["events", "tail"],
    ],
)
def test_every_command_and_each_of_its_options_is_explained(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    options = [line.strip("│ ") for line in result.output.splitlines() if line.startswith("│") and "--" in line]
    assert options
    assert all(len(option.split()) >= 4 for option in options), options


def test_only_what_is_called_is_imported() -> None:
    program = (
        "import sys; from traffic.__main__ import main; main(['simulate', '--help']);"
        "print([name for name in ('traffic.cli.simulate', 'traffic.cli.run') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert said.splitlines()[-1] == "['traffic.cli.simulate']"


def test_without_a_command_the_help_is_shown(traffic: Traffic) -> None:
    assert "passages" in traffic().out


def test_version(traffic: Traffic) -> None:
    assert traffic("--version").out == f"{package.__version__}\n"


def test_the_config_may_be_named_in_the_environment(
    traffic: Traffic, recorded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAFFIC_CONFIG", str(recorded.config))

    assert len(traffic("passages", "list", "--json").out.splitlines()) == 3


def test_without_a_name_it_is_config_yaml_here(
    traffic: Traffic, recorded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recorded.folder)

    assert len(traffic("passages", "list", "--json").out.splitlines()) == 3
