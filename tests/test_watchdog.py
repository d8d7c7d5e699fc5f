"""systemd's side of the socket is a real one; only systemd itself is not there."""

import socket
import time

import pytest

from traffic.watchdog import Watchdog

PATIENCE_S = 10.0


@pytest.fixture(params=["a file", "an abstract name"])
def listening(request, tmp_path):
    """(socket, the address as systemd would give it)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.settimeout(PATIENCE_S)
        abstract = request.param == "an abstract name"
        heard.bind(f"\0traffic-test-{id(heard)}" if abstract else str(tmp_path / "notify"))
        yield heard, f"@traffic-test-{id(heard)}" if abstract else str(tmp_path / "notify")


def environment(address, period_s=0.06):
    return {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(int(period_s * 1e6))}


def test_a_run_that_goes_on_gives_signs_of_life(listening):
    heard, address = listening
    with Watchdog(environment(address), progress=time.monotonic_ns, is_idle=lambda: False):
        assert [heard.recv(64) for _ in range(4)] == [b"READY=1", *[b"WATCHDOG=1"] * 3]


def test_and_so_does_one_that_has_nothing_to_do(listening):
    heard, address = listening
    with Watchdog(environment(address), progress=lambda: 7, is_idle=lambda: True):
        assert [heard.recv(64) for _ in range(4)] == [b"READY=1", *[b"WATCHDOG=1"] * 3]


def test_one_that_hangs_falls_silent(listening):
    heard, address = listening
    asked = []
    with Watchdog(environment(address), progress=lambda: asked.append(1) or 7, is_idle=lambda: False):
        give_up = time.monotonic() + PATIENCE_S
        while len(asked) < 6 and time.monotonic() < give_up:
            time.sleep(0.01)
    said = [heard.recv(64) for _ in range(3)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    assert len(asked) >= 6


def test_without_a_period_it_only_says_that_it_started_and_stops(listening):
    heard, address = listening
    with Watchdog({"NOTIFY_SOCKET": address}, progress=lambda: 0, is_idle=lambda: True):
        pass
    assert [heard.recv(64) for _ in range(2)] == [b"READY=1", b"STOPPING=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"], ids=["no systemd", "systemd is gone"])
def test_without_systemd_nothing_happens(address):
    with Watchdog(environment(address), progress=lambda: 0, is_idle=lambda: True) as watchdog:
        assert watchdog is not None
