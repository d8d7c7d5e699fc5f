"""Tells systemd that the run has started and is still alive, so that a hung one is started again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from types import TracebackType

MICROSECONDS = 1_000_000
SIGNS_A_PERIOD = 3
"""So many signs of life are given in the time after which systemd would act."""


class Watchdog:
    """Speaks systemd's notification protocol (sd_notify(3)) for as long as the `with` lasts; silent elsewhere.

    Args:
        environment: systemd sets NOTIFY_SOCKET, and WATCHDOG_USEC where the unit has WatchdogSec=.
        progress: a number that changes whenever a stage finishes a batch.
        is_idle: whether nothing waits to be done, or what waits is waited for on purpose.
    """

    def __init__(
        self, environment: Mapping[str, str], progress: Callable[[], int], is_idle: Callable[[], bool]
    ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._period_s = int(environment.get("WATCHDOG_USEC", "0")) / MICROSECONDS
        self._progress = progress
        self._is_idle = is_idle
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._give_signs, name="watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        self._tell("READY=1")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._tell("STOPPING=1")

    def _give_signs(self) -> None:
        if not self._period_s:
            return
        before = -1
        while not self._ended.wait(self._period_s / SIGNS_A_PERIOD):
            now = self._progress()
            if now != before or self._is_idle():
                self._tell("WATCHDOG=1")
            before = now

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            try:
                notify.sendto(state.encode(), name)
            except OSError:
                return  # systemd went away: nobody is there to be told
