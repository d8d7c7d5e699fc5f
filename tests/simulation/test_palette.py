import numpy as np
import pytest

from traffic.simulation.palette import BODY_COLOURS, COLOUR_SHARES, LIGHTS


def test_every_colour_has_a_share_and_they_add_up() -> None:
    assert set(COLOUR_SHARES) == set(BODY_COLOURS)
    assert sum(COLOUR_SHARES.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "channel"), [("blue", 0), ("green", 1), ("red", 2)])
def test_colours_are_bgr(name: str, channel: int) -> None:
    assert int(np.argmax(BODY_COLOURS[name])) == channel


def test_it_gets_darker_and_lamps_go_on() -> None:
    brightness = [LIGHTS[name].ambient + LIGHTS[name].sun_strength for name in ("day", "overcast", "dusk", "night")]
    lamps = [LIGHTS[name].lamps for name in ("day", "overcast", "dusk", "night")]
    assert brightness == sorted(brightness, reverse=True)
    assert lamps == sorted(lamps)
