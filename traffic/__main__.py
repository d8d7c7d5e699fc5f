"""The `traffic` command: runs it and turns what goes wrong into a message and an exit code.

0    done
1    the work failed, or a check found something wrong
2    the command line or config.yaml is wrong
130  interrupted with Ctrl-C
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from traffic.cli.app import app
from traffic.errors import ConfigError, TrafficError

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: what follows `traffic` on the command line; that of this process if None.
    """
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        app(args=arguments, prog_name="traffic")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else OK
    except TrafficError as error:
        typer.echo(f"error: {error}", err=True)
        return USAGE if isinstance(error, ConfigError) else FAILED
    return OK


def _discard_output() -> None:
    """Whoever read our output has gone: what is still buffered must not fail again when Python exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
