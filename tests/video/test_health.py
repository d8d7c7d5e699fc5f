import pytest

from traffic.video.health import BurstMeter

GOOD, BAD = ".", "x"


@pytest.mark.parametrize(
    ("pictures", "bursts"),
    [
        ("", 0),
        ("xx", 0),
        ("xxx", 1),
        ("xxxxxxxx", 1),
        ("x...x...x...x", 0),
        ("x.x.x", 1),
        ("xxx.....xxx", 2),
        ("xxx....xxx", 1),
    ],
)
def test_three_broken_among_five_are_a_burst_told_once(pictures: str, bursts: int) -> None:
    meter = BurstMeter(threshold=3, window=5)
    told = 0
    for picture in pictures:
        if picture == GOOD:
            meter.good()
        else:
            told += meter.broken()
    assert told == bursts
