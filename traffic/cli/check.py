"""`traffic check`: find out before a run what would stop it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import typer
from rich.text import Text

from traffic.checks.everything import run_checks
from traffic.checks.result import CheckResult
from traffic.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from traffic.cli.output import answers, print_json
from traffic.config import load_config

STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}
CONFIG_IS_WRONG = 2


def check(config: ConfigPath = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Try everything that the config names: cameras, scene, rules, model, database, evidence folder, broker.

    Exit code 0 if a run can start (there may be warnings), 1 if something is wrong, 2 if the config itself is.
    """
    failed = False
    for result in _checks(config):
        print_json(asdict(result)) if as_json else _print(result)
        failed = failed or result.level == "error"
    if failed:
        raise typer.Exit(1)


def _checks(path: Path) -> Iterator[CheckResult]:
    config = load_config(path)
    yield CheckResult("config", "ok", f"{path}: {len(config.cameras)} camera(s)")
    yield from run_checks(config)


def _print(result: CheckResult) -> None:
    line = Text.assemble((f"{result.level:<8}", STYLES[result.level]), (f"{result.name}: ", "bold"), result.message)
    answers().print(line, soft_wrap=True)
    if result.remedy:
        answers().print(Text(f"        to mend it: {result.remedy}"), soft_wrap=True)
