import av
import numpy as np
import pytest

from traffic.errors import SourceError
from traffic.video.writer import VideoWriter

TICKS = [0, 40, 95, 400, 401]


def write(path):
    with VideoWriter(path, (64, 48), 25.0, 1000) as writer:
        for ticks in TICKS:
            writer.write(np.full((48, 64, 3), ticks % 256, np.uint8), ticks)
    return path


def test_the_frames_keep_their_own_times(tmp_path):
    with av.open(str(write(tmp_path / "v.mp4"))) as container:
        frames = list(container.decode(video=0))
    assert [round(frame.time * 1000) for frame in frames] == TICKS
    assert (frames[0].width, frames[0].height) == (64, 48)


def test_the_same_frames_give_the_same_file(tmp_path):
    assert write(tmp_path / "a.mp4").read_bytes() == write(tmp_path / "b.mp4").read_bytes()


def test_a_path_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SourceError, match="expected to write a video"):
        VideoWriter(tmp_path / "file" / "v.mp4", (64, 48), 25.0, 1000)
