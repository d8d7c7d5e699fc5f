from __future__ import annotations

from itertools import pairwise

from traffic.evaluation.tracking_scenes import jumping_rate, simulated_sequence, with_drops
from traffic.simulation.intersection import SCRIPTED, frame_times


def test_what_is_hidden_counts_neither_for_nor_against():
    story = "2 s unseen on a straight road, away and toward"
    sequence = simulated_sequence(story, SCRIPTED[story](), frame_times(10, 8.0), 0)
    assert (sequence.fps, len(sequence.truth), len(sequence.detections)) == (10.0, 80, 80)
    wanted = [dict(zip(f.ids.tolist(), f.wanted.tolist(), strict=True)) for f in sequence.truth]
    assert (wanted[15][1], wanted[30][1], wanted[45][1]) == (True, False, True)


def test_drops_leave_time_as_it_is():
    whole = frame_times(10, 30.0)
    left = with_drops(whole, 0.3, 5)
    assert set(left) < set(whole)
    assert 0.1 < max(b - a for a, b in pairwise(left)) < 2.0


def test_the_rate_jumps_every_few_seconds():
    moments = jumping_rate(8.0, (10.0, 5.0), each_s=2.0)
    assert len(moments) == 20 + 10 + 20 + 10
    assert moments == sorted(set(moments))
