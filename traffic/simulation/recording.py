"""A scene written as a video and its truth file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from traffic.simulation.scene import Scene
from traffic.simulation.timing import TICKS_PER_SECOND
from traffic.simulation.truth import SceneTruth
from traffic.video.writer import VideoWriter

Progress = Callable[[int, int], None]


def write_scene(scene: Scene, video_path: Path, truth_path: Path, progress: Progress | None = None) -> SceneTruth:
    """Write an MP4 whose frame times are exactly the truth's, and the truth as JSON.

    The same scene gives the same bytes with the same encoder library. `progress` is called after each frame with
    the frames done and their number. The folders must exist.

    Raises:
        SourceError: the video library has no encoder for MP4, or the video cannot be written.
        OSError: the truth cannot be written.
    """
    size = scene.spec.camera.width, scene.spec.camera.height
    with VideoWriter(video_path, size, scene.spec.fps, TICKS_PER_SECOND) as writer:
        for index in range(len(scene)):
            writer.write(scene.render(index), scene.ticks[index])
            if progress is not None:
                progress(index + 1, len(scene))
    truth = scene.truth()
    truth_path.write_text(truth.to_json(), encoding="utf-8")
    return truth
