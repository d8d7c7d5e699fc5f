from dataclasses import replace

import numpy as np
import pytest

from traffic.simulation.spec import Timing, short_spec
from traffic.simulation.timing import NS_PER_TICK, frame_ticks


@pytest.mark.parametrize(("fps", "step_ms"), [(25.0, 40.0), (50.0, 20.0), (10.0, 100.0), (12.5, 80.0)])
def test_a_steady_camera_takes_a_frame_every_step(fps: float, step_ms: float) -> None:
    ticks = frame_ticks(replace(short_spec(), fps=fps, duration_s=4.0))
    assert len(ticks) == round(4.0 * fps)
    assert np.diff(ticks) * NS_PER_TICK == pytest.approx(step_ms * 1e6)


def test_thirty_frames_a_second_do_not_drift() -> None:
    ticks = frame_ticks(replace(short_spec(), fps=30.0, duration_s=60.0))
    assert ticks[-1] * NS_PER_TICK == pytest.approx(1799 / 30 * 1e9, abs=NS_PER_TICK)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("timing", [Timing(30, 0.0), Timing(0, 0.2), Timing(120, 0.3)], ids=str)
def test_a_shaky_camera_still_has_rising_times(timing: Timing, seed: int) -> None:
    spec = replace(short_spec(), seed=seed, timing=timing)
    ticks = np.array(frame_ticks(spec))
    assert ticks[0] == 0
    assert (np.diff(ticks) > 0).all()
    assert len(set(np.diff(ticks))) > 1
    nominal = ticks / 400
    assert ((nominal - np.floor(nominal)).max() > 0) == (timing.jitter_ms > 0)


def test_the_share_of_missing_frames_is_the_one_asked_for() -> None:
    ticks = frame_ticks(replace(short_spec(), duration_s=400.0, timing=Timing(0, 0.25)))
    assert len(ticks) == pytest.approx(7500, rel=0.03)
