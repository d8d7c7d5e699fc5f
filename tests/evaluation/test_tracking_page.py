"""The trackers' page says what was measured."""

from __future__ import annotations

import re

from traffic.evaluation.tracking import TrackerResult
from traffic.evaluation.tracking_metrics import ALPHAS, TrackingScores
from traffic.evaluation.tracking_page import WORST, tracker_page


def scores(hota: float, *, switches: int = 3) -> TrackingScores:
    return TrackingScores(hota, 0.81, 0.72, 0.63, 0.54, switches, 4, 5, 6, 700, (hota,) * len(ALPHAS))


def result(tracker: str, fps: float, hota: float, sequences: int = 2) -> TrackerResult:
    alone = tuple((f"street {number}", scores(number / 100)) for number in range(sequences))
    return TrackerResult(tracker, fps, 40, scores(hota), alone)


def rows(page: str) -> list[list[str]]:
    found = re.findall(r"<tr>(<t[dh].*?)</tr>", page)
    return [re.findall(r">([^<]*)</t[dh]>", row) for row in found]


def test_the_headline_is_the_first_tracker_at_the_first_rate() -> None:
    page = tracker_page("my_roads", [result("ours", 25, 0.912), result("theirs", 25, 0.5)])
    assert "<h1>Trackers on my_roads</h1>" in page
    assert "<strong>91.2</strong>" in page
    assert "2 sequences, 40 frames, 700 true boxes" in page


def test_each_tracker_is_a_row_below_its_rate_the_highest_first() -> None:
    page = tracker_page("x", [result("ours", 5, 0.4), result("ours", 25, 0.9), result("theirs", 25, 0.8)])
    assert page.index("25 frames a second") < page.index("5 frames a second</th>")
    assert ["theirs", "80.0", "81.0", "72.0", "63.0", "54.0", "3", "4", "5", "6"] in rows(page)


def test_the_rate_is_plotted_where_there_are_several() -> None:
    one = [result("ours", 25, 0.9)]
    assert "Over the frame rate" not in tracker_page("x", one)
    assert tracker_page("x", [*one, result("ours", 5, 0.4)]).count('aria-label="IDF1"') == 1


def test_the_worst_sequences_are_listed_and_no_more_than_a_dozen() -> None:
    page = tracker_page("x", [result("ours", 25, 0.9, sequences=20)])
    assert [row[0] for row in rows(page) if row[0].startswith("street")] == [f"street {n}" for n in range(WORST)]
