from __future__ import annotations

import threading

import pytest
from builders import case, frame, passage

from traffic.datatypes import Detections, Tracks
from traffic.pipeline import STAGES, AsynchronousRun, Batch, Pipeline, StageClock, run_synchronously


class CountingStages:
    """Real, tiny stages: a track is every frame, a passage every tenth one, written to a list."""

    def __init__(self, fail_at: str = ""):
        self.recorded: list[tuple[str, int]] = []
        self.fail_at = fail_at
        self.detected = 0

    def detect(self, frames):
        self.detected += len(frames)
        self._maybe_fail("detect")
        return [Detections.empty() for _ in frames]

    def update(self, detections, pts_ns):
        empty = Detections.empty()
        rows = empty.class_ids
        return Tracks(rows, rows, empty.xyxy, empty.scores, rows)

    def finish(self):
        return (1,)

    def identify(self, tracked):
        tenth = [f for f in tracked.batch.frames if f.index % 10 == 0]
        cases = [case(passage(camera_id=f.camera_id, track_id=f.index)) for f in tenth]
        return tuple(cases + [case(passage(camera_id=c, track_id=-1)) for c, _ in tracked.closed])

    def judge(self, cases):
        self._maybe_fail("judge")
        return tuple(cases)

    def record(self, cases):
        self._maybe_fail("record")
        self.recorded += [(c.passage.camera_id, c.passage.track_id) for c in cases]

    def _maybe_fail(self, stage):
        if stage == self.fail_at and self.detected > 40:
            raise RuntimeError(f"{stage} failed")


def batches(closed=None):
    try:
        for index in range(0, 100, 2):
            yield Batch((frame(index, size=(8, 8)), frame(index + 1, size=(8, 8))))
        yield Batch((), ("north",))
    finally:
        if closed is not None:
            closed.set()


def pipeline_of(stages):
    return Pipeline(stages, {"north": stages}, stages, stages, stages)


def run(kind, stages, closed=None):
    clock = StageClock()
    if kind == "synchronous":
        return list(run_synchronously(pipeline_of(stages), batches(closed), clock)), clock
    return list(AsynchronousRun(pipeline_of(stages), batches(closed), clock, lambda: None)), clock


def test_whoever_identifies_gets_all_that_was_detected_in_each_frame():
    stages = CountingStages()
    batch = Batch((frame(0, size=(8, 8)), frame(1, size=(8, 8))))
    detected = pipeline_of(stages).detect(batch)
    tracked = pipeline_of(stages).track(detected)
    assert tracked.detections is detected.detections
    assert len(tracked.detections) == len(tracked.tracks) == 2


KINDS = pytest.mark.parametrize("kind", ["synchronous", "asynchronous"])


@KINDS
def test_every_frame_goes_through_every_stage_in_order(kind):
    stages = CountingStages()
    done, clock = run(kind, stages)
    indices = [f.index for identified in done for f in identified.batch.frames]
    assert indices == list(range(100))
    assert stages.recorded == [("north", i) for i in range(0, 100, 10)] + [("north", -1)]
    assert clock.batches == dict.fromkeys(STAGES, 51)
    assert all(seconds > 0 for seconds in clock.seconds.values())


@KINDS
@pytest.mark.parametrize("stage", ["detect", "judge", "record"])
def test_a_failing_stage_ends_the_run_with_its_error_and_closes_the_feed(kind, stage):
    closed = threading.Event()
    stages = CountingStages(fail_at=stage)
    with pytest.raises(RuntimeError, match=f"{stage} failed"):
        run(kind, stages, closed)
    assert closed.is_set()
    assert stages.recorded == [("north", i) for i in range(0, 10 * len(stages.recorded), 10)]
    assert ("north", -1) not in stages.recorded


def test_an_error_of_the_feed_reaches_the_caller():
    def broken():
        yield Batch((frame(size=(8, 8)),))
        raise OSError("the feed broke")

    with pytest.raises(OSError, match="the feed broke"):
        list(AsynchronousRun(pipeline_of(CountingStages()), broken(), StageClock(), lambda: None))


def test_a_caller_that_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    results = iter(AsynchronousRun(pipeline_of(CountingStages()), batches(), StageClock(), lambda: None))
    next(results)
    results.close()
    assert threading.active_count() == before


def test_process_is_the_whole_chain_in_one_call():
    stages = CountingStages()
    pipeline_of(stages).process(Batch((frame(20, size=(8, 8)),)))
    assert stages.recorded == [("north", 20)]


def test_depths_are_told_for_every_stage():
    run_of = AsynchronousRun(pipeline_of(CountingStages()), batches(), StageClock(), lambda: None)
    assert run_of.depths() == dict.fromkeys(STAGES, 0)


@pytest.mark.parametrize("stage", ["detect", "record"])
def test_a_failing_stage_ends_a_feed_that_waits_for_a_silent_camera(stage):
    stop = threading.Event()

    def silent_after_a_while():
        yield from batches()
        stop.wait(20)

    stages = CountingStages(fail_at=stage)
    with pytest.raises(RuntimeError, match=f"{stage} failed"):
        list(AsynchronousRun(pipeline_of(stages), silent_after_a_while(), StageClock(), stop.set))
    assert stop.is_set()
