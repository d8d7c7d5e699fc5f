"""Moments as people write them on a command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

MOMENT_HELP = "2026-05-01, 2026-05-01T14:30, 2026-05-01T14:30+03:00, or 30m, 2h, 7d, 2w ago"
_AGO = re.compile(r"(?P<amount>\d+(?:\.\d+)?)(?P<unit>[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_moment(text: str, now: datetime) -> datetime:
    """An aware datetime.

    Args:
        text: ISO 8601, taken as local time where it has no offset, or an amount and a unit counted back from `now`.
        now: aware.

    Raises:
        ValueError: says what is expected.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now - timedelta(seconds=float(ago["amount"]) * _SECONDS[ago["unit"]])
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"expected {MOMENT_HELP}, got {text!r}") from error
