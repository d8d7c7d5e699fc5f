import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from traffic.errors import SourceError
from traffic.video.decoding import BgrConverter, Broken, decode, describe_stream, reason, video_stream

MATRICES = {"BT.601": (0.299, 0.114, Colorspace.ITU601), "BT.709": (0.2126, 0.0722, Colorspace.ITU709)}
COLOURS = [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 30, 40), (40, 180, 60), (20, 60, 220), (0, 220, 230)]


def planar_yuv(colour_bgr: tuple[int, int, int], matrix: str, full_range: bool) -> tuple[int, int, int]:
    """Y, Cb, Cr of a colour by the definition in ITU-R BT.601 and BT.709."""
    kr, kb, _ = MATRICES[matrix]
    b, g, r = (c / 255 for c in colour_bgr)
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if full_range:
        return round(255 * y), round(128 + 255 * cb), round(128 + 255 * cr)
    return round(16 + 219 * y), round(128 + 224 * cb), round(128 + 224 * cr)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("colour", COLOURS)
def test_colours_come_out_as_the_frames_matrix_and_range_say(
    colour: tuple[int, int, int], matrix: str, full_range: bool
) -> None:
    y, cb, cr = planar_yuv(colour, matrix, full_range)
    planes = np.concatenate([np.full(64 * 48, y), np.full(32 * 24, cb), np.full(32 * 24, cr)]).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(planes.reshape(72, 64), format="yuv420p")
    frame.colorspace = MATRICES[matrix][2]
    frame.color_range = ColorRange.JPEG if full_range else ColorRange.MPEG
    image = BgrConverter().convert(frame)
    assert image.shape == (48, 64, 3)
    assert np.abs(image.astype(int) - colour).max() <= 4


@pytest.mark.parametrize("size", [(64, 48), (62, 46), (848, 478)])
def test_pictures_are_contiguous_at_any_width(size: tuple[int, int]) -> None:
    image = BgrConverter().convert(av.VideoFrame(*size, "yuv420p"))
    assert image.flags.c_contiguous
    assert image.dtype == np.uint8
    assert image.shape == (size[1], size[0], 3)


UPRIGHT = (1, 0, 0, 1)
LEFT_EDGE_UP, HALF_TURN, RIGHT_EDGE_UP = (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)


def mp4_matrix(a: int, b: int, c: int, d: int) -> bytes:
    """The matrix of an MP4's track header, ISO/IEC 14496-12, 8.3.2: x' = a x + c y, y' = b x + d y, y downwards."""
    return struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("matrix", "size", "brightest"),
    [
        (UPRIGHT, (256, 128), "left"),
        (LEFT_EDGE_UP, (128, 256), "top"),
        (HALF_TURN, (256, 128), "right"),
        (RIGHT_EDGE_UP, (128, 256), "bottom"),
    ],
    ids=["upright", "a quarter turn clockwise", "upside down", "a quarter turn counterclockwise"],
)
def test_a_phones_clip_is_shown_upright(
    matrix: tuple[int, int, int, int], size: tuple[int, int], brightest: str, make_clip: Callable[..., Path]
) -> None:
    path = make_clip("phone.mp4", [0, 40, 80, 120])  # picture 3 is white at its left edge
    data = path.read_bytes()
    header = data.index(mp4_matrix(*UPRIGHT), data.index(b"tkhd"))
    path.write_bytes(data[:header] + mp4_matrix(*matrix) + data[header + 36 :])
    with av.open(str(path)) as container:
        *_, last = decode(container, video_stream(container, "phone.mp4"))
    assert not isinstance(last, Broken)
    image = BgrConverter().convert(last)
    edges = {"left": image[:, :32], "right": image[:, -32:], "top": image[:32], "bottom": image[-32:]}
    assert (image.shape[1], image.shape[0]) == size
    assert image.flags.c_contiguous
    assert max(edges, key=lambda name: edges[name].mean()) == brightest


def test_a_stream_is_described(make_clip: Callable[..., Path]) -> None:
    with av.open(str(make_clip("a.mp4", list(range(0, 400, 40))))) as container:
        info = describe_stream(container, video_stream(container, "a.mp4"))
    assert (info.width, info.height, info.fps, info.frames, info.codec) == (256, 128, 25.0, 10, "h264")


def test_sound_with_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mka"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("pcm_s16le", rate=8000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        silence.rate = 8000
        container.mux(sound.encode(silence))
    with av.open(str(path)) as container, pytest.raises(SourceError, match=r"1 stream.* without a moving picture"):
        video_stream(container, "song.mka")


def test_damaged_pictures_are_told_and_the_rest_is_decoded(
    make_clip: Callable[..., Path], blank_pictures: Callable[[Path, range], None]
) -> None:
    path = make_clip("a.mkv", list(range(0, 2000, 40)), codec="mjpeg")
    blank_pictures(path, range(10, 15))
    with av.open(str(path)) as container:
        items = list(decode(container, video_stream(container, "a.mkv")))
    assert [n for n, item in enumerate(items) if isinstance(item, Broken)] == [10, 11, 12, 13, 14]
    assert len(items) == 50


def test_a_failure_is_described_without_the_url() -> None:
    with pytest.raises(av.FFmpegError) as failed:
        av.open("rtsp://admin:secret@127.0.0.1:1/road", timeout=2)
    assert "secret" not in reason(failed.value)
    assert "refused" in reason(failed.value)
