"""What every room's tests share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).parent))  # so that `from builders import ...` works everywhere


@pytest.fixture(autouse=True)
def _logging_starts_afresh() -> Iterator[None]:
    """A command that was run in a test leaves no logger behind that writes to that test's captured output."""
    yield
    structlog.reset_defaults()
