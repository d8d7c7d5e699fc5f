"""How many plates may be read, and whose are read first."""

from __future__ import annotations

from traffic.passages.pace import NANOSECONDS

BURST_S = 0.2
"""So much media time's share may be spent at once."""
LEAST_NEED = 0.02
"""A plate that is known as good as surely still counts for this."""


class ReadingBudget:
    """Attempts to read a plate, a second of media time, in equal shares for all cameras.

    A share of its own for each camera makes a recording give the same result whatever the others show and however the
    cameras' frames happen to be batched. What a camera leaves unspent is saved for it, BURST_S worth at most (a token
    bucket), though always enough for one attempt.

    Args:
        per_second: for all cameras together; None: no limit.
        cameras: how many share it.
    """

    def __init__(self, per_second: float | None, cameras: int) -> None:
        self._rate = None if per_second is None else per_second / max(cameras, 1)
        self._saved: dict[str, tuple[int, float]] = {}

    def granted(self, camera_id: str, pts_ns: int, wanted: int) -> int:
        """How many of the attempts that a camera wants to make in one frame are paid for; they are taken as made."""
        if self._rate is None or not wanted:
            return wanted
        most = max(self._rate * BURST_S, 1.0)
        before, saved = self._saved.get(camera_id, (pts_ns, most))
        saved = min(saved + self._rate * max(pts_ns - before, 0) / NANOSECONDS, most)
        granted = min(wanted, int(saved))
        self._saved[camera_id] = pts_ns, saved - granted
        return granted


def promise(probability: float, view: float, leaving_s: float) -> float:
    """How much is gained by reading one vehicle rather than another.

    Args:
        probability: of its plate so far; 0 where nothing was read yet.
        view: how well it is seen, as a share of how it was seen best.
        leaving_s: when it leaves the picture.
    """
    return max(1 - probability, LEAST_NEED) * view / (1 + leaving_s)
