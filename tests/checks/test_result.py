"""What a check hands over."""

from __future__ import annotations

from traffic.checks.result import CheckResult, failed
from traffic.errors import StoreError


def test_a_result_is_a_plain_record() -> None:
    assert CheckResult("model", "ok", "fine").remedy == ""


def test_an_error_keeps_what_is_wrong_and_what_mends_it() -> None:
    assert failed("database", StoreError("it is read-only", remedy="chown it")) == CheckResult(
        "database", "error", "it is read-only", "chown it"
    )
