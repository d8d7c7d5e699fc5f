import numpy as np
import pytest
from plates.readers import seen

from traffic.plates.alignment import evidence, network
from traffic.plates.symbols import ALPHABET, NOTHING, SYMBOLS, written_slots

IDENTITY = np.eye(SYMBOLS)[None]


def spelt(*texts, weights=None):
    """The likeliest symbol of each position, `.` for nothing."""
    evidences = [evidence(written_slots(seen(text, 0.9)), IDENTITY) for text in texts]
    (logs,) = network(evidences, weights or [1.0] * len(texts))
    return "".join("." if each == NOTHING else ALPHABET[each - 1] for each in logs.argmax(axis=1))


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (["A123BC77"], "A123BC77"),
        (["A123BC77"] * 3, "A123BC77"),
        (["A123BC77", "A123BC77", "A123BC7"], "A123BC77"),
        (["A123BC77", "A123BC77", "123BC77"], "A123BC77"),
        (["A123BC77", "A123BC77", "AA123BC77"], "A123BC77"),
        (["A123BC7", "A123BC77", "A123BC77"], "A123BC77"),
        (["A12BC77", "A123BC77", "A123BC77"], "A123BC77"),
        (["A123BC77", "A1B3BC77", "A123BC77"], "A123BC77"),
    ],
    ids=["one", "alike", "last dropped", "first dropped", "doubled", "the first lacks one", "in the middle", "misread"],
)
def test_positions_are_found_though_characters_are_missing_or_invented(texts, result):
    assert spelt(*texts).replace(".", "") == result


def test_two_readings_that_lack_the_same_character_are_aligned_alike():
    assert spelt("A123BC77", "A13BC77", "A13BC77", weights=[2.5, 1.0, 1.0]).replace(".", "") == "A123BC77"
    assert spelt("A123BC77", "A13BC77", "A13BC77", weights=[0.5, 1.0, 1.0]).replace(".", "") == "A13BC77"


def test_the_logarithms_of_readings_add_up_by_their_weights():
    one, other = (evidence(written_slots(seen(text, 0.8)), IDENTITY) for text in ("A1", "A7"))
    logs = network([one, other], [1.0, 0.25])
    np.testing.assert_allclose(logs, one.logs[:, :2] + 0.25 * other.logs[:, :2])


def test_no_reading_forbids_a_character():
    assert np.isfinite(evidence(written_slots(seen("A1", 1.0)), IDENTITY).logs).all()


def test_each_variant_of_the_alphabet_sees_the_same_positions():
    folds = np.stack([np.eye(SYMBOLS), np.eye(SYMBOLS)[::-1]])
    logs = network([evidence(written_slots(seen(text)), folds) for text in ("A12", "A123")], [1.0, 1.0])
    np.testing.assert_allclose(logs[0], logs[1][:, ::-1])
