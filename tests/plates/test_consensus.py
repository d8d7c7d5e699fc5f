import dataclasses
from pathlib import Path

import numpy as np
import pytest
import structlog
from builders import reading
from hypothesis import given, settings
from hypothesis import strategies as st
from plates.readers import blurred, seen

from traffic.plates.calibration import Calibration, ConsensusCard, Weights, load_consensus_card
from traffic.plates.consensus import PlateConsensus, PlateVotes, consensus_of, fits_reader, open_plate_consensus
from traffic.plates.formats import COUNTRIES, formats_of, matching_formats
from traffic.plates.reader import PlateSettings

EVERYWHERE = PlateConsensus.uncalibrated()
RUSSIA = formats_of(["ru"])
ONLY_RUSSIAN = PlateConsensus(RUSSIA, only_known=True)
MISREAD = ("A123BC77", "A128BC77", "A123BC7", "123BC77", "AA123BC77", "A123BC777", "H123BC71", "A12BC77")
PLATES = ("A123BC77", "O777OO199", "AB12377", "KH4821TT50", "1234AB77", "8314KM7", "573FDA02", "WK12ABC", "B5K7")


@pytest.mark.parametrize(
    ("readings", "text", "agreeing"),
    [
        ([("A123BC77", 0.9)], "A123BC77", 1),
        ([("A123BC77", 0.9), ("A123BC77", 0.8), ("A128BC77", 0.9)], "A123BC77", 2),
        ([("A123BC77", 0.8)] * 3 + [("A123BC7", 0.9)], "A123BC77", 3),
        ([("A123BC77", 0.9), ("A124BC77", 0.9), ("A123BC78", 0.9)], "A123BC77", 1),
        ([("A123BC77", 0.9), ("A123BC77", 0.9), ("AA123BC77", 0.9), ("123BC77", 0.9)], "A123BC77", 2),
        ([("A124BC77", 0.9), ("A123BC78", 0.9), ("A183BC77", 0.9)], "A123BC77", 0),
        ([("WK12ABC", 0.9)] * 2, "WK12ABC", 2),
    ],
    ids=[
        "one reading",
        "two against one",
        "a short misreading",
        "each wrong somewhere else",
        "one too many, one too few",
        "none of them read it",
        "not Russian",
    ],
)
def test_the_readings_vote_character_by_character(readings, text, agreeing):
    plate = EVERYWHERE.plate([reading(*each) for each in readings])
    assert (plate.text, plate.readings) == (text, agreeing)


@pytest.mark.parametrize(
    ("text", "instead", "country", "agreed"),
    [
        ("A1238C77", "A123BC77", "ru", "A123BC77"),
        ("A1Z3BC77", "A123BC77", "ru", "A123BC77"),
        ("A123BC7T", "A123BC77", "ru", "A123BC77"),
        ("A123QC77", "A123OC77", "ru", "A123OC77"),
        ("A123BC00", "A123BC70", "ru", "A123BC70"),
        ("WKI2ABC", "WK12ABC", "eu", "WK12ABC"),
    ],
    ids=["8 for B", "Z for 2", "T for 7", "a letter Russia lacks", "a region that does not exist", "I for 1"],
)
def test_formats_put_right_what_looks_alike(text, instead, country, agreed):
    plate = EVERYWHERE.plate([seen(text, 0.6, instead=instead, country=country)] * 2)
    assert plate.text == agreed
    assert plate.country == country


def test_a_text_of_no_format_stays_possible_where_the_readings_insist():
    readings = [seen("AABBCC1234", 0.99)] * 3
    plate = PlateConsensus(RUSSIA).plate(readings)
    assert (plate.text, plate.country, plate.format) == ("AABBCC1234", None, None)
    with_formats = ONLY_RUSSIAN.plate(readings)
    assert with_formats is None or matching_pattern(with_formats.text)


@pytest.mark.parametrize(
    ("text", "said", "country", "name"),
    [
        ("A123BC77", "ru", "ru", "1"),
        ("573FDA02", "kz", "kz", "private"),
        ("WK12ABC", "eu", "eu", "gb"),
        ("ABC1D23", "br", "br", "mercosul"),
        ("4ABC123", "us", "us", "#LLL###"),
        ("A123BC77", "", "ru", "1"),
    ],
)
def test_the_country_and_format_come_from_the_reader_and_the_text(text, said, country, name):
    plate = EVERYWHERE.plate([seen(text, 0.95, country=said)] * 2)
    assert (plate.text, plate.country, plate.format) == (text, country, name)


def test_where_two_countries_share_a_text_the_reader_decides():
    countries = [EVERYWHERE.plate([seen("ABC1234", 0.95, country=said)] * 3).country for said in ("br", "us")]
    assert countries == ["br", "us"]


SURE = ConsensusCard(calibration=Calibration(bias=6.0, log_odds=0.0))
SHIPPED = Path(__file__).parents[2] / "engines/plate_consensus.json"


@pytest.mark.parametrize(
    ("texts", "certain"),
    [(["A123BC77"], False), (["A123BC77"] * 2, True), (["A123BC77", "A123BC78"], False)],
    ids=["once", "twice", "twice, differently"],
)
def test_a_plate_is_certain_only_where_two_readings_agree(texts, certain):
    plate = PlateConsensus(RUSSIA, SURE).plate([seen(each) for each in texts])
    assert plate.probability > 0.99
    assert plate.certain is certain


def test_an_improbable_plate_is_not_certain_however_many_agree():
    doubting = ConsensusCard(calibration=Calibration(bias=0.0, log_odds=0.0))
    assert not PlateConsensus(RUSSIA, doubting).plate([seen("A123BC77")] * 9).certain


def alike(text, times, probability=0.999, quality=0.9):
    return [seen(text, probability, quality=quality, pts_ns=number) for number in range(times)]


@pytest.mark.parametrize(
    ("readings", "least", "most", "certain"),
    [
        (alike("A123BC77", 4), 0.98, 1.0, True),
        (alike("A123BC77", 4) + alike("A128BC77", 1, 0.7, 0.4), 0.98, 1.0, True),
        (alike("A123BC77", 2) + alike("A128BC77", 2), 0.3, 0.55, False),
        (alike("A123BC77", 3) + alike("A128BC77", 2), 0.4, 0.75, False),
        (alike("A123BC77", 2) + alike("A128BC77", 10, 0.9, 0.5), 0.0, 0.5, False),
        (alike("A123BC77", 2, 0.99, 0.06), 0.0, 1.0, False),
        (alike("AABBCC1234", 3), 0.0, 1.0, False),
        (alike("A123BC77", 1), 0.0, 1.0, False),
    ],
    ids=["clear", "one misreading", "a tie", "three to two", "two to ten", "hardly seen", "no format", "read once"],
)
def test_as_shipped_only_what_stands_up_is_certain(readings, least, most, certain):
    plate = PlateConsensus(formats_of(COUNTRIES), load_consensus_card(SHIPPED)).plate(readings)
    assert least <= plate.probability <= most
    assert plate.certain is certain


def test_the_shipped_figures_were_fitted_to_the_shipped_reader():
    reader = SHIPPED.with_name("plate_reader.yaml")
    assert fits_reader(load_consensus_card(SHIPPED), PlateSettings(consensus=SHIPPED, reader=reader))


@pytest.mark.parametrize(("reader", "fitted_to", "fits"), [(True, "a", False), (True, "", True), (False, "a", True)])
def test_figures_of_another_reader_are_told_from_those_of_this_one(reader, fitted_to, fits):
    settings_ = PlateSettings(reader=SHIPPED.with_name("plate_reader.yaml") if reader else None)
    assert fits_reader(ConsensusCard(reader_sha256=64 * fitted_to), settings_) is fits


def test_figures_of_another_reader_are_warned_of(tmp_path):
    path = tmp_path / "figures.json"
    path.write_text(ConsensusCard(reader_sha256="a" * 64).model_dump_json())
    with structlog.testing.capture_logs() as logs:
        open_plate_consensus(PlateSettings(consensus=path, reader=SHIPPED.with_name("plate_reader.yaml")))
    assert [each["log_level"] for each in logs] == ["warning"]
    assert "another plate reader" in logs[0]["event"]


@pytest.mark.parametrize(
    ("vehicle_type", "name"), [("car", "5"), ("truck", "5"), ("motorcycle", "4")], ids=["car", "lorry", "motorcycle"]
)
def test_the_format_is_one_that_such_vehicles_bear(vehicle_type, name):
    consensus = PlateConsensus(RUSSIA)
    plate = consensus.plate(alike("1234AB77", 3))
    assert consensus.of_vehicle(plate, vehicle_type).format == name


def test_a_plate_without_a_format_stays_without():
    consensus = PlateConsensus(RUSSIA)
    assert consensus.of_vehicle(consensus.plate(alike("AABBCC1234", 3)), "car").format is None


def test_the_best_reading_is_the_strongest_that_agrees():
    readings = [
        seen("A123BC77", 0.85, pts_ns=0),
        seen("A123BC77", 0.9, pts_ns=1),
        seen("A123BC77", 0.9, quality=0.3, pts_ns=2),
        seen("B123BC77", 0.92, pts_ns=3),
    ]
    assert EVERYWHERE.plate(readings).best.pts_ns == 1


def test_a_sharp_reading_counts_more_than_two_that_are_hardly_seen():
    far = [seen("A123BC78", 0.6, quality=0.15)] * 2
    assert EVERYWHERE.plate([*far, seen("A123BC77", 0.95, quality=0.9)]).text == "A123BC77"


def test_alternatives_are_the_other_texts_and_fall():
    plate = EVERYWHERE.plate([seen("A123BC77", 0.6, instead="A128BC77"), seen("A123BC77", 0.7, instead="A123BC71")])
    others = [each.text for each in plate.alternatives]
    assert {"A128BC77", "A123BC71"} <= set(others)
    shares = [plate.probability, *(each.probability for each in plate.alternatives)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    "readings", [[], [reading("")], [reading("A1")] * 3], ids=["none", "empty ones", "two characters"]
)
def test_nothing_read_is_no_plate(readings):
    assert EVERYWHERE.plate(readings) is None


def matching_pattern(text):
    return any(each.fits(text) for each in RUSSIA)


noise = st.builds(
    blurred, st.sampled_from(PLATES), seed=st.integers(0, 10_000), certainty=st.sampled_from([0.2, 0.5, 0.8])
)
a_few = st.lists(noise, min_size=1, max_size=6)


@given(a_few, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_readings_does_not_matter(readings, random):
    shuffled = readings.copy()
    random.shuffle(shuffled)
    assert EVERYWHERE.plate(shuffled) == EVERYWHERE.plate(readings)


@given(a_few)
@settings(deadline=None, max_examples=40)
def test_probabilities_are_shares_of_one(readings):
    plate = EVERYWHERE.plate(readings)
    shares = [plate.probability, *(each.probability for each in plate.alternatives)]
    assert all(0 <= each <= 1 for each in shares)
    assert sum(shares) <= 1 + 1e-9
    texts = [plate.text, *(each.text for each in plate.alternatives)]
    assert len(set(texts)) == len(texts)
    assert plate.best in readings
    assert plate.readings <= len(readings)


@given(a_few)
@settings(deadline=None, max_examples=40)
def test_only_known_formats_means_only_known_formats(readings):
    plate = ONLY_RUSSIAN.plate(readings)
    if plate is not None:
        assert all(matching_pattern(each) for each in (plate.text, *(other.text for other in plate.alternatives)))
        assert plate.country == "ru"


misread = st.builds(blurred, st.sampled_from(MISREAD), seed=st.integers(0, 99), certainty=st.sampled_from([0.3, 0.6]))


@given(st.lists(misread, max_size=4), st.integers(0, 99), st.integers(1, 3))
@settings(deadline=None, max_examples=40)
def test_seeing_the_right_text_again_never_lowers_its_rank(others, seed, times):
    right = blurred("A123BC77", seed=seed, certainty=0.7)

    def ahead(readings):
        texts = [candidate.text for candidate in EVERYWHERE.weigh(readings)[0]]
        return texts.index("A123BC77") if "A123BC77" in texts else len(texts), texts

    place, before = ahead([*others, right])
    new_place, after = ahead([*others, *[right] * (times + 1)])
    assert not set(before[place + 1 :]) & set(after[:new_place])
    assert new_place == 0 or place > 0


@given(st.integers(0, 7), st.sampled_from("0123456789ABEKMHOPCTYX"), st.booleans(), st.floats(0.5, 0.99))
@settings(deadline=None, max_examples=60)
def test_a_dropped_or_invented_character_changes_nothing_among_right_readings(place, character, drops, probability):
    right = "A123BC77"
    wrong = right[:place] + ("" if drops else character + right[place]) + right[place + 1 :]
    readings = [seen(right, 0.9)] * 3
    assert EVERYWHERE.plate([*readings, seen(wrong, probability)]).text == right


def test_votes_decide_when_asked_and_not_again():
    asked = []

    class Counting(PlateConsensus):
        def decide(self, votes):
            asked.append(len(votes))
            return super().decide(votes)

    votes = PlateVotes(Counting(RUSSIA))
    assert votes.consensus() is None
    votes.add(seen("A123BC77"))
    votes.add(seen(""))
    votes.add(seen("A123BC77"))
    assert votes.consensus() == votes.consensus() == PlateConsensus(RUSSIA).plate([seen("A123BC77")] * 2)
    assert (asked, len(votes)) == ([2], 2)


def test_a_config_chooses_countries_certainty_and_formats():
    kazakh = consensus_of(PlateSettings(countries=("kz",), only_known_formats=True))
    assert kazakh.plate([seen("573FDA02")] * 2).country == "kz"
    assert kazakh.plate([seen("A123BC77")] * 2).country == "kz"
    easy = consensus_of(PlateSettings(certain_probability=0.05))
    assert easy.plate([seen("A123BC77")] * 2).certain


def test_the_figures_of_a_config_are_read_from_its_file(tmp_path):
    path = tmp_path / "figures.json"
    path.write_text(SURE.model_dump_json())
    told = [PlateSettings(consensus=path), PlateSettings(consensus=None)]  # figures that name no reader fit any
    sure, unfitted = (open_plate_consensus(each).plate([seen("A123BC77")]).probability for each in told)
    assert sure == pytest.approx(1 / (1 + np.exp(-6)))
    assert unfitted == EVERYWHERE.plate([seen("A123BC77")]).probability


def test_countries_of_a_config_are_those_that_have_formats():
    assert PlateSettings().countries == COUNTRIES


def test_a_tempered_product_is_less_sure():
    readings = [blurred("A123BC77", seed=seed, certainty=0.5) for seed in range(3)]
    shares = [
        PlateConsensus(RUSSIA, ConsensusCard(weights=Weights(temper=temper))).weigh(readings)[0][0].share
        for temper in (0.2, 0.5, 1.0)
    ]
    assert shares == sorted(shares)


def test_the_plate_of_a_text_read_without_the_whole_answer():
    bare = dataclasses.replace(seen("A123BC77"), slots=None)
    plate = EVERYWHERE.plate([bare, bare])
    assert matching_formats(plate.text, RUSSIA)[0].name == plate.format
