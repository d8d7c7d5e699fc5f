import numpy as np
import pytest
from builders import reading

from traffic.datatypes import PlateReading
from traffic.errors import ModelError
from traffic.plates.recorded import KnownPassage, read_known_passages, write_known_passages

SLOTS = np.random.default_rng(1).dirichlet(np.ones(37), 10).astype(np.float32)
FULL = PlateReading("A1", (0.9, 0.8), 40_000_000, (1.0, 2.0, 3.5, 4.0), "ru", 0.75, 0.5, SLOTS)
PASSAGES = (
    KnownPassage("first", "A123BC77", "ru", "night 80 km/h", (FULL, FULL)),
    KnownPassage("never read", "KA123", "eu", "day", ()),
    KnownPassage("text alone", "A1", "ru", "day", (FULL, reading("B12"))),
)


def test_what_was_written_is_read_back(tmp_path):
    write_known_passages(tmp_path / "some.npz", PASSAGES)
    back = read_known_passages(tmp_path / "some.npz")
    assert [(each.name, each.text, each.country, each.conditions) for each in back] == [
        ("first", "A123BC77", "ru", "night 80 km/h"),
        ("never read", "KA123", "eu", "day"),
        ("text alone", "A1", "ru", "day"),
    ]
    assert [len(each.readings) for each in back] == [2, 0, 2]
    known, spoken = back[2].readings
    assert (known.text, known.pts_ns, known.xyxy, known.country, known.quality) == (
        "A1",
        40_000_000,
        (1.0, 2.0, 3.5, 4.0),
        "ru",
        0.5,
    )
    assert known.probabilities == pytest.approx((0.9, 0.8))
    np.testing.assert_array_equal(known.slots, SLOTS)
    assert (spoken.text, spoken.slots) == ("B12", None)


def test_no_passages_are_read_back_as_none(tmp_path):
    write_known_passages(tmp_path / "none.npz", ())
    assert read_known_passages(tmp_path / "none.npz") == ()


@pytest.mark.parametrize("content", [None, b"not an archive", b"PK\x03\x04"], ids=["missing", "text", "broken"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "wrong.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="expected known passages"):
        read_known_passages(path)


def test_an_archive_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", boxes=np.zeros(3))
    with pytest.raises(ModelError, match="passage"):
        read_known_passages(tmp_path / "other.npz")
