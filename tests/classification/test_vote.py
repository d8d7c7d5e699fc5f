import pytest

from traffic.classification.vote import ClassVote

CAR, VAN, BUS = 0, 1, 2


@pytest.mark.parametrize(
    ("votes", "winner", "share"),
    [
        ([(CAR, 0.9)], "car", 1.0),
        ([(CAR, 0.9), (BUS, 0.4), (BUS, 0.4)], "car", 0.9 / 1.7),
        ([(CAR, 0.5), (VAN, 0.5)], "car", 0.5),
        ([(VAN, 0.3)] * 9 + [(CAR, 0.9)] * 2, "van", 0.6),
        ([], "car", 0.0),
    ],
    ids=["one", "a sure one outweighs two weak", "equals", "many weak outweigh", "none"],
)
def test_the_type_with_most_score_wins(votes, winner, share):
    vote = ClassVote()
    for class_id, score in votes:
        vote.add(class_id, score)
    assert vote.winner() == (winner, pytest.approx(share))
