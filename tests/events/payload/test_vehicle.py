from builders import passage

from tests.store.samples import known_plate, plate, speed
from traffic.events.payload.vehicle import WireAlternative, WirePlate, wire_plate, wire_speed


def test_speed_is_in_kmh_on_the_wire() -> None:
    told = wire_speed(passage(speed=speed(20.0)))
    assert told is not None
    assert (told.speed_kmh, told.standard_error_kmh, told.distance_m, told.heading_deg) == (72.0, 0.9, 31.0, -3.5)


def test_what_is_not_known_is_null() -> None:
    assert wire_speed(passage()) is None
    assert wire_plate(None) is None


def test_plate_with_its_format_is_told_as_it_stands_on_the_vehicle() -> None:
    assert wire_plate(known_plate("A123BC77")) == WirePlate(
        text="A123BC77",
        probability=0.97,
        readings=7,
        country="ru",
        format="1",
        certain=True,
        alternatives=(WireAlternative(text="A128BC77", probability=0.02),),
        display="А 123 ВС 77",
    )


def test_plate_without_a_format() -> None:
    told = wire_plate(plate("WXY1234"))
    assert told is not None
    assert (told.country, told.format, told.certain, told.alternatives) == (None, None, False, ())
    assert told.display == "WXY1234"


def test_a_plate_from_a_sender_that_told_less_is_understood() -> None:
    told = WirePlate.model_validate({"text": "A123BC77", "probability": 0.9, "readings": 3})
    assert (told.text, told.display, told.certain) == ("A123BC77", "", False)
