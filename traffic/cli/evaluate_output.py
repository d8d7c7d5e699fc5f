"""What the commands that evaluate models have in common: progress and the report's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress, TaskID, TextColumn

from traffic.cli.output import remark, remarks
from traffic.errors import ConfigError


def write_report(folder: Path, name: str, document: str, page: str) -> None:
    """Write NAME.json and NAME.html, and say where.

    Raises:
        ConfigError: the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(document + "\n", encoding="utf-8")
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--report: expected a folder to write to, got {folder}: {error.strerror}", remedy="name another folder"
        ) from error
    remark(f"Wrote {folder / f'{name}.html'} and {name}.json.")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int], None]]:
    """Tells on standard error, where it is a terminal, what has been done of what."""
    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), console=remarks(), transient=True) as shown:
        rows: dict[str, TaskID] = {}

        def tell(name: str, done: int) -> None:
            if name not in rows:
                rows[name] = shown.add_task(name, total=None)
            shown.update(rows[name], completed=done)

        yield tell
