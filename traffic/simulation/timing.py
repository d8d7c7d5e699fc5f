"""When the frames of a scene are taken."""

from __future__ import annotations

import numpy as np

from traffic.simulation.spec import SceneSpec

TICKS_PER_SECOND = 10_000
NS_PER_TICK = 1_000_000_000 // TICKS_PER_SECOND


def frame_ticks(spec: SceneSpec) -> tuple[int, ...]:
    """Media time of every frame in ticks of 0.1 ms, strictly rising from 0; jittered and thinned as `spec.timing`
    says.
    """
    rng = np.random.default_rng([spec.seed, 0x71])
    count = round(spec.fps * spec.duration_s)
    nominal = np.round(np.arange(count) * (TICKS_PER_SECOND / spec.fps)).astype(np.int64)
    late = rng.integers(0, spec.timing.jitter_ms * (TICKS_PER_SECOND // 1000) + 1, count)
    kept = rng.random(count) >= spec.timing.drop_rate
    late[0], kept[0] = 0, True
    ticks = np.maximum.accumulate((nominal + late)[kept] - np.arange(kept.sum())) + np.arange(kept.sum())
    return tuple(int(tick) for tick in ticks)
