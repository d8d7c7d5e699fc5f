import pytest

from traffic.video.labels import LiveLabels

S = 1_000_000_000


@pytest.mark.parametrize(
    ("why", "moments", "labels_s", "told_s"),
    [
        # moments: UTC and monotonic clock as the picture is stamped, its arrival and its media time, in seconds
        ("steady", [(100, 10, 10, 0), (101, 11, 11, 1), (102, 12, 12, 2)], [100, 101, 102], []),
        ("handled late", [(105, 15, 10, 0), (105, 15, 11, 1)], [100, 101], []),
        (
            "the network stalls and catches up",
            [(100, 10, 10, 0), (120, 30, 30, 1), (120, 30, 30, 20)],
            [100, 101, 120],
            [],
        ),
        ("set by NTP", [(0, 10, 10, 0), (900, 11, 11, 1), (901, 12, 12, 2)], [0, 900, 901], [899]),
        ("set during a stall", [(0, 10, 10, 0), (900, 30, 30, 1)], [0, 881], [880]),
        ("set back", [(100, 10, 10, 0), (41, 11, 11, 1)], [100, 41], [-60]),
        ("slewed by less than a second", [(100, 10, 10, 0), (101.9, 11, 11, 1)], [100, 101], []),
        ("little by little", [(100, 10, 10, 0), (101.6, 11, 11, 1), (103.2, 12, 12, 2)], [100, 101, 103.2], [1.2]),
    ],
)
def test_labels_follow_the_machines_clock_when_it_is_set(
    why: str, moments: list[tuple[float, float, float, float]], labels_s: list[float], told_s: list[float]
) -> None:
    utc, monotonic = (iter([round(moment[n] * S) for moment in moments]) for n in (0, 1))
    labels = LiveLabels(utc_ns=lambda: next(utc), monotonic_ns=lambda: next(monotonic))
    came, told = [], []
    for _, _, arrival_s, pts_s in moments:
        told.append(labels.anchor(round(pts_s * S), round(arrival_s * S)))
        came.append(labels.label(round(pts_s * S)).timestamp())
    assert came == pytest.approx(labels_s), why
    assert [seconds for seconds in told if seconds] == pytest.approx(told_s), why


def test_labels_are_anchored_anew_at_each_connection() -> None:
    utc = iter([100 * S, 150 * S + S // 2])
    monotonic = iter([10 * S, 60 * S])
    labels = LiveLabels(utc_ns=lambda: next(utc), monotonic_ns=lambda: next(monotonic))
    labels.connection_begins()
    labels.anchor(0, 10 * S)
    labels.connection_begins()
    assert labels.anchor(50 * S, 60 * S) == 0.0
    assert labels.label(50 * S).timestamp() == pytest.approx(150.5)


def test_there_is_no_label_before_the_first_picture() -> None:
    with pytest.raises(LookupError):
        LiveLabels().label(0)
