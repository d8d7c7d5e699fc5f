"""Records passages 0, 1, 2, ... for ever, in batches, and says after each batch how far the record must now reach.

    python -m tests.store.writer URL

Started by the tests to be killed at any moment.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.store.samples import record
from traffic.store.database import open_for_recording
from traffic.store.repository import Repository
from traffic.store.settings import DatabaseSettings

BATCH = 3


def main(url: str) -> None:
    settings = DatabaseSettings(url=url)
    with open_for_recording(settings) as engine:
        repository = Repository(engine, settings)
        for first in range(0, 1_000_000, BATCH):
            repository.record([record(number, rules=("red_light",)) for number in range(first, first + BATCH)])
            print(first + BATCH, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
