from __future__ import annotations

import numpy as np
import pytest

from traffic.benchmark.chain import CaptureAlone, Chain, recording_in
from traffic.config import CameraSettings
from traffic.errors import SourceError
from traffic.pipeline import STAGES
from traffic.video.source import FileSource
from traffic.video.writer import VideoWriter


@pytest.mark.parametrize("synchronous", [True, False])
def test_every_frame_goes_through_and_each_run_records_anew(config, tmp_path, synchronous):
    chain = Chain("ours", config, tmp_path, synchronous)

    laps = [chain.run(), chain.run()]

    assert [lap.frames for lap in laps] == [5, 5]
    assert laps[0].tracked_boxes == laps[1].tracked_boxes > 0
    assert set(laps[0].stage_s) == set(STAGES)
    assert len(list(tmp_path.glob("*/traffic.db"))) == 2


def test_a_warm_up_ends_early(config, tmp_path):
    with VideoWriter(tmp_path / "long.mp4", (128, 128), 25.0, 1000) as writer:
        for index in range(60):
            writer.write(np.full((128, 128, 3), 90, np.uint8), 40 * index)
    camera = CameraSettings(id="clip", source=FileSource(path=tmp_path / "long.mp4"), input_size=(64, 64))
    config = config.model_copy(update={"cameras": (camera,)})

    assert 1 <= Chain("ours", config, tmp_path, synchronous=True).run(limit=1).frames < 30
    assert CaptureAlone(config, "capture").run(limit=3).frames == 3


def test_the_config_s_own_record_and_broker_are_left_alone(config, tmp_path):
    changed = recording_in(config, tmp_path)

    assert changed.mqtt is None
    assert str(tmp_path) in changed.database.url
    assert changed.evidence.folder.is_relative_to(tmp_path)
    assert changed.cameras == config.cameras


def test_capture_alone_reads_every_frame(config):
    lap = CaptureAlone(config, "capture").run()

    assert (lap.frames, list(lap.stage_s)) == (5, ["capture"])


def test_a_video_that_fails_is_no_lap(config, tmp_path):
    camera = CameraSettings(id="clip", source=FileSource(path=tmp_path / "none.mp4"))

    with pytest.raises(SourceError, match=r"none\.mp4"):
        Chain("ours", config.model_copy(update={"cameras": (camera,)}), tmp_path).run()
