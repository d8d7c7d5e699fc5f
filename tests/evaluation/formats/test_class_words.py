import pytest

from traffic.datatypes import VEHICLE_CLASSES
from traffic.errors import ConfigError
from traffic.evaluation.formats.class_words import ClassWords


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("car", ("car",)),
        (" Truck ", ("truck",)),
        ("motorbike", ("motorcycle",)),
        ("Vehicle", VEHICLE_CLASSES),
        ("ignore", ()),
        ("person", None),
    ],
)
def test_a_word_has_its_usual_meaning(word: str, expected: tuple[str, ...] | None) -> None:
    assert ClassWords().allowed(word) == expected


@pytest.mark.parametrize(
    ("assignment", "word", "expected"),
    [
        ("bike=motorcycle", "bike", ("motorcycle",)),
        ("car=car,van", "Car", ("car", "van")),
        ("Car=car, van", "car", ("car", "van")),
        ("crowd=ignore", "crowd", ()),
        ("car=car,van", "bus", ("bus",)),
    ],
)
def test_the_user_says_what_a_word_means(assignment: str, word: str, expected: tuple[str, ...]) -> None:
    assert ClassWords.parse([assignment]).allowed(word) == expected


@pytest.mark.parametrize("assignment", ["bike", "bike=", "=car", "bike=bicycle", "bike=car,ignore", ""])
def test_what_says_nothing_is_refused(assignment: str) -> None:
    with pytest.raises(ConfigError, match="expected NAME=CLASS"):
        ClassWords.parse([assignment])


def test_a_set_without_vehicles_is_refused_with_its_words() -> None:
    with pytest.raises(ConfigError, match=r"pictures: .* got cat, dog\n.*--as bike=motorcycle"):
        ClassWords().require_some(["dog", "cat"], "pictures")
    with pytest.raises(ConfigError, match="got none"):
        ClassWords().require_some([], "pictures")
    ClassWords().require_some(["dog", "bus"], "pictures")
