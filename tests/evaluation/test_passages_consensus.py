from pathlib import Path

import pytest

from tests.evaluation.known_passages import reading
from traffic.errors import ModelError, TrafficError
from traffic.evaluation.passages_consensus import open_consensus
from traffic.plates.calibration import ConsensusCard


def test_two_readings_that_agree_make_a_plate() -> None:
    told = open_consensus(None, ("ru",), 0.5)([reading("A123BC77", 0.99, 0.9), reading("A123BC77", 0.99, 0.9, at=1)])
    assert told is not None
    assert (told.text, told.country, told.format, told.certain) == ("A123BC77", "ru", "1", True)


def test_a_card_gives_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    unsure = ConsensusCard().calibration.model_copy(update={"bias": -8.0})
    file.write_text(ConsensusCard(calibration=unsure).model_dump_json(), encoding="utf-8")
    readings = [reading("A123BC77", 0.99, 0.9), reading("A123BC77", 0.99, 0.9, at=1)]
    with_card, without = (open_consensus(card, ("ru",), 0.98)(readings) for card in (file, None))
    assert with_card is not None
    assert without is not None
    assert with_card.probability < 0.5 < without.probability


def test_an_unknown_country_and_a_missing_card_are_refused(tmp_path: Path) -> None:
    with pytest.raises((TrafficError, ValueError)):
        open_consensus(None, ("xx",), 0.98)
    with pytest.raises(ModelError):
        open_consensus(tmp_path / "none.json", ("ru",), 0.98)
