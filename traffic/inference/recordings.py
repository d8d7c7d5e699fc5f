"""Work for a device's stream that comes again and again, launched with one call from the second time on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol


class Recording(Protocol):
    """What was put into a stream once; owned by whoever has it made."""

    def launch(self) -> None:
        """Put all of it into the stream again."""
        ...

    def close(self) -> None:
        """Free it; what was launched must be done."""
        ...


class Recordings:
    """Records work the first time that it comes in a form, and launches the recording then and ever after.

    Args:
        record: makes a recording of the work that it is given; nothing of it is computed yet.
        limit: forms that are recorded; work in any other is put into the stream piece by piece. 0: in every form.
    """

    def __init__(self, record: Callable[[Callable[[], None]], Recording], limit: int) -> None:
        self._record = record
        self._recorded: dict[Hashable, Recording] = {}
        self.limit = limit

    def put(self, form: Hashable, work: Callable[[], None]) -> None:
        """Put work into the stream.

        Args:
            form: all that the work takes by value; equal forms are the same work to the last address.
            work: puts it there itself, and does not wait for it.
        """
        if form not in self._recorded and len(self._recorded) >= self.limit:
            work()
            return
        if form not in self._recorded:
            self._recorded[form] = self._record(work)
        self._recorded[form].launch()

    def __len__(self) -> int:
        return len(self._recorded)

    def close(self) -> None:
        """Free every recording; what was launched must be done."""
        while self._recorded:
            self._recorded.popitem()[1].close()
