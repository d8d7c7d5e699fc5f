"""The colour of faces under a scene's light."""

from __future__ import annotations

import numpy as np

from traffic.simulation.mesh import Floats, Material, Mesh
from traffic.simulation.palette import Light

HAZE_M = 900.0
_SKY_SHARE = np.array([0.15, 1.0, 0.9, 0.5, 0.5])


def shade(mesh: Mesh, normals: Floats, light: Light, distance_m: float) -> Floats:
    """BGR of each face (m, 3), 0..255, from its normal in world axes (Lambert's law, a mirrored share of sky, haze)."""
    sun = np.array(light.sun) / np.linalg.norm(light.sun)
    up = 0.5 + 0.5 * normals[:, 2]
    strength = light.ambient * (0.60 + 0.55 * up) + light.sun_strength * np.maximum(normals @ sun, 0.0)
    colours = mesh.colours * strength[:, None]
    sky = np.array(light.sky_low) * (1 - up[:, None]) * 0.6 + np.array(light.sky_top) * up[:, None]
    mirrored = light.gloss * _SKY_SHARE[mesh.materials] * (0.25 + 0.75 * np.maximum(normals[:, 2], 0.0))
    colours = colours * (1 - mirrored[:, None]) + sky * mirrored[:, None]
    colours = _switch_lamps(colours, mesh, light) * np.array(light.tint)
    haze = 1.0 - np.exp(-distance_m / HAZE_M)
    hazy: Floats = colours * (1 - haze) + np.array(light.sky_low) * haze
    return np.clip(hazy, 0.0, 255.0)


def _switch_lamps(colours: Floats, mesh: Mesh, light: Light) -> Floats:
    lit = {Material.HEAD_LAMP: np.array([235.0, 250.0, 255.0]), Material.TAIL_LAMP: np.array([50.0, 40.0, 235.0])}
    for material, glow in lit.items():
        chosen = mesh.materials == material
        colours[chosen] = colours[chosen] * (1 - light.lamps) + glow * light.lamps
    return colours
