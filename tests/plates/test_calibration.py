import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic.errors import ModelError
from traffic.plates.calibration import (
    Calibration,
    ConsensusCard,
    Features,
    Weights,
    load_consensus_card,
    log_odds,
    probability,
)

SEEN = Features(share=0.8, agreeing=3, support=1.5, rival=0.0, everything=2.0, confidence=0.9, quality=2.0, no_format=0)


def test_by_default_the_probability_is_the_share():
    assert probability(SEEN, Calibration()) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bias", 1.0),
        ("log_odds", math.log(4)),
        ("confidence", math.log(9)),
        ("no_format", 0.0),
    ],
)
def test_each_coefficient_weighs_its_own_feature(name, value):
    nothing = dict.fromkeys(("bias", "log_odds"), 0.0)
    given = probability(SEEN, Calibration(**(nothing | {name: 0.5})))
    assert math.log(given / (1 - given)) == pytest.approx(0.5 * value)


def test_a_text_of_no_format_is_weighed_as_such():
    unknown = dataclasses.replace(SEEN, no_format=1)
    assert probability(unknown, Calibration(no_format=-2.0)) < probability(SEEN, Calibration(no_format=-2.0))


@pytest.mark.parametrize(
    ("support", "rival", "most"),
    [(2.0, 2.0, 0.5), (3.0, 2.0, 0.6704), (2.0, 4.0, 0.5), (9.0, 1.0, 0.9791), (2.0, 0.0, 0.9975)],
    ids=["a tie", "three to two", "outnumbered", "nine to one", "no rival"],
)
def test_readings_that_agree_on_another_text_bound_the_probability(support, rival, most):
    contested = dataclasses.replace(SEEN, support=support, rival=rival, everything=support + rival)
    assert probability(contested, Calibration(bias=6.0, log_odds=0.0)) == pytest.approx(most, abs=1e-3)


def test_a_text_that_is_improbable_anyway_stays_so_where_it_is_contested():
    contested = dataclasses.replace(SEEN, support=2.0, rival=4.0, everything=6.0)
    assert probability(contested, Calibration(bias=-3.0, log_odds=0.0)) == pytest.approx(1 / (1 + math.exp(3)))


positive = st.floats(0, 99)


@given(
    st.builds(
        Features,
        share=st.floats(0, 1),
        agreeing=st.integers(0, 99),
        support=positive,
        rival=positive,
        everything=positive,
        confidence=st.floats(0, 1),
        quality=positive,
        no_format=st.just(0),
    ),
    st.floats(-50, 50),
)
def test_it_is_a_probability_whatever_the_features(features, bias):
    assert 0 < probability(features, Calibration(bias=bias, log_odds=9.0, confidence=9.0)) < 1


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_log_odds_of_certainty_are_finite(share):
    assert abs(log_odds(share)) == pytest.approx(12.0)


def test_a_card_is_read_back_as_it_was_written(tmp_path):
    card = ConsensusCard(reader_sha256="a" * 64, weights=Weights(temper=0.3), calibration=Calibration(bias=-1.5))
    (tmp_path / "card.json").write_text(card.model_dump_json())
    assert load_consensus_card(tmp_path / "card.json") == card


@pytest.mark.parametrize("content", [None, "{", '{"temper": 1}', '{"weights": {"temper": 0}}'])
def test_another_file_is_refused_with_the_way_out(tmp_path, content):
    path = tmp_path / "card.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=r"card\.json") as caught:
        load_consensus_card(path)
    assert "plates.consensus" in caught.value.remedy
