"""Writing again while the database server is gone or another process writes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from traffic.store.failures import is_passing, shown, store_errors

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 5.0
INTEGRITY_TRIES = 3

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class Retry:
    """Tries a transaction until it succeeds, is hopeless, or time is up.

    Args:
        url: the database's, for what is told.
        retry_for_s: how long.
        wait: lets so many seconds pass; True when the run was stopped meanwhile, which ends the trying.
    """

    def __init__(self, url: URL, retry_for_s: float, wait: Callable[[float], bool] | None = None) -> None:
        self._url = url
        self._retry_for_s = retry_for_s
        self._wait = wait or _sleep

    def attempt(self, expected: str, transaction: Callable[[], Answer]) -> Answer:
        """What the transaction answers in the end.

        Raises:
            StoreError: what was `expected`, what came, and the remedy.
        """
        with store_errors(self._url, expected):
            return self._attempt(transaction)

    def _attempt(self, transaction: Callable[[], Answer]) -> Answer:
        give_up = time.monotonic() + self._retry_for_s
        attempt = 0
        while True:
            attempt += 1
            try:
                return transaction()
            except DBAPIError as error:
                if not _worth_another_try(error, attempt, time.monotonic() < give_up):
                    raise
                _log.warning("recording is tried again", database=shown(self._url), reason=str(error.orig))
                stopped = self._wait(min(FIRST_PAUSE_S * 2 ** min(attempt, 10), LONGEST_PAUSE_S))
                if stopped and not isinstance(error, IntegrityError):
                    raise


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _worth_another_try(error: DBAPIError, attempt: int, time_left: bool) -> bool:  # noqa: FBT001
    if isinstance(error, IntegrityError):
        # Another process recorded the same between our look and our write: the next look sees it.
        return attempt < INTEGRITY_TRIES
    return time_left and is_passing(error)
