from datetime import datetime, timedelta, timezone

import pytest
from builders import passage
from pydantic import ValidationError

from traffic.events.payload.wire import Measured, Share, UtcText, Wire, utc_text


class Figures(Wire):
    """One of each type."""

    share: Share = 0.5
    measured: Measured = 0.0
    at: UtcText = passage().started_at


def test_times_are_utc_with_microseconds() -> None:
    at = datetime(2026, 5, 4, 15, 0, 0, 42, timezone(timedelta(hours=3)))
    assert utc_text(at) == "2026-05-04T12:00:00.000042Z"
    assert Figures(at=at).model_dump(mode="json")["at"] == "2026-05-04T12:00:00.000042Z"


def test_figures_are_rounded() -> None:
    assert (Figures(share=0.123456).share, Figures(measured=71.99964).measured) == (0.1235, 72.0)


@pytest.mark.parametrize("wrong", [{"share": 1.1}, {"share": -0.1}, {"measured": float("nan")}, {"measured": 1e999}])
def test_no_figure_that_json_cannot_say(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Figures(**wrong)


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Figures(at=datetime(2026, 5, 4))  # noqa: DTZ001


def test_unknown_fields_are_taken_without_offence_and_none_changes() -> None:
    figures = Figures.model_validate({"share": 0.5, "lane": 2})
    assert figures == Figures()
    with pytest.raises(ValidationError, match="frozen"):
        figures.share = 0.1
