from dataclasses import replace

import numpy as np
import pytest

from traffic.datatypes import Float32Array
from traffic.simulation.plate_passages.conditions import random_conditions
from traffic.simulation.plate_passages.optics import blur_kernel, blurred, recorded

CALM = replace(
    random_conditions(np.random.default_rng(4)),
    defocus_px=0.5,
    read_noise=0.5,
    shot_noise=0.0,
    smooths=False,
    is_monochrome=False,
    quality=97.0,
)


def grey(value: float, colour: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Float32Array:
    return np.ones((64, 96, 3), np.float32) * np.float32(value) * np.array(colour, np.float32)


@pytest.mark.parametrize("moved", [(0.0, 0.0), (6.0, 0.0), (0.0, 9.0), (-4.0, 7.0), (60.0, 80.0)])
def test_a_kernel_keeps_the_light_and_lies_along_the_way(moved: tuple[float, float]) -> None:
    kernel = blur_kernel(np.array(moved), 0.6)
    assert kernel.sum() == pytest.approx(1.0, abs=1e-5)
    side = np.arange(len(kernel)) - len(kernel) // 2
    x, y = np.meshgrid(side, side)
    spread = np.array([(kernel * x**2).sum(), (kernel * y**2).sum()])
    if max(map(abs, moved)) < 20:
        evenly = np.array(moved) ** 2 / 12 + 0.36
        assert spread == pytest.approx(evenly, rel=0.2)


def test_motion_smears_an_edge_across_it_and_not_along_it() -> None:
    light = grey(0.0)
    light[:, 48:] = 200.0
    across = blurred(light, np.array([10.0, 0.0]), CALM)
    along = blurred(light, np.array([0.0, 10.0]), CALM)
    slope = np.abs(np.diff(across[32, :, 0])).max()
    assert slope < 40 < np.abs(np.diff(along[32, :, 0])).max()


def test_overexposed_ground_eats_the_strokes() -> None:
    light = grey(600.0)
    light[:, 47:50] = 60.0
    seen = recorded(blurred(light, np.array([3.0, 0.0]), CALM), 1.0, CALM, np.random.default_rng(0))
    half = recorded(blurred(light, np.array([3.0, 0.0]), CALM), 1 / 3, CALM, np.random.default_rng(0))
    assert (seen[32, :, 0] < 128).sum() < (half[32, :, 0] < 128).sum()


def test_an_infrared_picture_has_no_colour() -> None:
    infrared = replace(CALM, is_monochrome=True)
    seen = recorded(grey(120.0, (0.5, 1.0, 1.4)), 1.0, infrared, np.random.default_rng(0)).astype(int)
    assert np.ptp(seen, axis=2).mean() < 3


@pytest.mark.parametrize(("read", "shot", "expected"), [(8.0, 0.0, 8.0), (0.0, 0.5, 7.07), (6.0, 0.64, 10.0)])
def test_noise_is_as_strong_as_the_sensor_has_it(read: float, shot: float, expected: float) -> None:
    noisy = replace(CALM, read_noise=read, shot_noise=shot)
    seen = recorded(grey(100.0), 1.0, noisy, np.random.default_rng(0))
    assert seen.astype(float).std() == pytest.approx(expected, rel=0.25)


def test_two_frames_have_different_noise_and_the_same_seed_the_same() -> None:
    first, again, other = (recorded(grey(100.0), 1.0, CALM, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
