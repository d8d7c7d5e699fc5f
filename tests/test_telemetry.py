import json
import re
import socket
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from traffic.errors import ConfigError
from traffic.telemetry import Metrics, TelemetrySettings, configure_logging

ROOT = Path(__file__).parent.parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_json_logs_are_one_object_a_line_on_standard_error(capsys):
    configure_logging(TelemetrySettings(log_format="json"))
    structlog.get_logger().warning("frames_dropped", camera="north", count=3)
    out, err = capsys.readouterr()
    assert out == ""
    line = json.loads(err)
    assert (line["event"], line["camera"], line["count"], line["level"]) == ("frames_dropped", "north", 3, "warning")


def test_messages_below_the_level_are_not_written(capsys):
    configure_logging(TelemetrySettings(log_level="error"))
    structlog.get_logger().warning("unimportant")
    assert capsys.readouterr().err == ""


def test_metrics_are_served_on_the_loopback_interface():
    metrics, port = Metrics(), free_port()
    metrics.frames.labels("north").inc(7)
    metrics.serve(port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert 'traffic_frames_total{camera="north"} 7.0' in answer.read().decode()


def test_every_metric_that_the_docs_name_is_there():
    told = {
        name
        for page in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
        for name in re.findall(r"metrics? `(traffic_\w+)`", page.read_text(encoding="utf-8").replace("\n", " "))
    }
    assert {"traffic_exempted_violations", "traffic_list_refusals"} <= told
    assert told <= {metric.name for metric in Metrics().registry.collect()}


def test_a_taken_port_is_told():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(ConfigError, match="expected a free port"):
            Metrics().serve(listener.getsockname()[1])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which this system has not")
def test_a_log_on_a_full_disk_does_not_end_the_work(monkeypatch):
    configure_logging(TelemetrySettings())
    with Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr("sys.stderr", full)
        structlog.get_logger().error("cannot_record", detail="the disk is full")
        monkeypatch.undo()
        with suppress(OSError):
            full.close()
