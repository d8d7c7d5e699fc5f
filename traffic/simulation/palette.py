"""Colours of bodies by name, and the light of a scene. Colours are BGR, 0..255."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from traffic.simulation.mesh import Colour

Daylight = Literal["day", "overcast", "dusk", "night"]

BODY_COLOURS: MappingProxyType[str, Colour] = MappingProxyType(
    {
        "white": (232.0, 232.0, 230.0),
        "black": (30.0, 28.0, 28.0),
        "grey": (108.0, 104.0, 100.0),
        "silver": (188.0, 186.0, 182.0),
        "red": (38.0, 32.0, 172.0),
        "blue": (150.0, 82.0, 34.0),
        "green": (62.0, 104.0, 42.0),
        "yellow": (40.0, 186.0, 232.0),
        "brown": (44.0, 66.0, 98.0),
    }
)
COLOUR_SHARES: MappingProxyType[str, float] = MappingProxyType(
    {
        "white": 0.25,
        "black": 0.18,
        "grey": 0.15,
        "silver": 0.15,
        "red": 0.08,
        "blue": 0.08,
        "green": 0.03,
        "yellow": 0.04,
        "brown": 0.04,
    }
)


@dataclass(frozen=True)
class Light:
    """The light of a scene: `sun` points to the sun (x, y, z; unit length is not required), strengths are factors
    of a colour.

    `gloss` is how much of the sky a smooth surface mirrors; `lamps` from 0 (off) to 1 (headlamps glow).
    """

    sun: tuple[float, float, float]
    sun_strength: float
    ambient: float
    sky_top: Colour
    sky_low: Colour
    tint: Colour
    gloss: float
    shadow: float
    lamps: float


LIGHTS: MappingProxyType[str, Light] = MappingProxyType(
    {
        "day": Light(
            sun=(-0.55, -0.45, 0.75),
            sun_strength=0.62,
            ambient=0.50,
            sky_top=(214.0, 158.0, 104.0),
            sky_low=(236.0, 220.0, 200.0),
            tint=(0.97, 1.0, 1.02),
            gloss=0.22,
            shadow=0.50,
            lamps=0.0,
        ),
        "overcast": Light(
            sun=(-0.1, -0.1, 1.0),
            sun_strength=0.30,
            ambient=0.62,
            sky_top=(206.0, 198.0, 190.0),
            sky_low=(226.0, 222.0, 218.0),
            tint=(1.02, 1.0, 0.98),
            gloss=0.18,
            shadow=0.0,
            lamps=0.3,
        ),
        "dusk": Light(
            sun=(0.7, 0.5, 0.45),
            sun_strength=0.22,
            ambient=0.36,
            sky_top=(150.0, 104.0, 84.0),
            sky_low=(120.0, 150.0, 214.0),
            tint=(0.98, 0.96, 1.04),
            gloss=0.14,
            shadow=0.2,
            lamps=0.7,
        ),
        "night": Light(
            sun=(0.2, 0.1, 1.0),
            sun_strength=0.12,
            ambient=0.17,
            sky_top=(34.0, 24.0, 18.0),
            sky_low=(48.0, 42.0, 40.0),
            tint=(0.86, 0.98, 1.12),
            gloss=0.05,
            shadow=0.0,
            lamps=1.0,
        ),
    }
)
