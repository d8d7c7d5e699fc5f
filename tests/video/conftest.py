import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

SERVER = Path(__file__).with_name("rtsp_server.py")
SYSTEM_PYTHON = "/usr/bin/python3"
RTSP_PACKAGES = (
    "apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
)
BLOCK = 32


def numbered_picture(number: int, width: int = 256, height: int = 128) -> np.ndarray:
    """A picture that shows `number` (0..255) as eight black or white columns, so that it survives compression."""
    image = np.zeros((height, width, 3), np.uint8)
    for bit in range(8):
        if number >> bit & 1:
            image[:, bit * BLOCK : (bit + 1) * BLOCK] = 255
    return image


@pytest.fixture
def read_number() -> Callable[[np.ndarray], int]:
    """Reads what numbered_picture wrote."""

    def read(image: np.ndarray) -> int:
        columns = image[:, : 8 * BLOCK, 1].reshape(image.shape[0], 8, BLOCK)[:, :, 8:-8].mean(axis=(0, 2))
        return sum(1 << bit for bit, level in enumerate(columns) if level > 127)

    return read


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """Writes a clip of numbered pictures at the given times."""

    def make(
        name: str,
        times_ms: list[int],
        *,
        codec: str = "libx264",
        options: dict[str, str] | None = None,
        muxer: dict[str, str] | None = None,
        metadata: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", options=muxer or {}) as container:
            container.metadata.update(metadata or {})
            stream = container.add_stream(codec, rate=25, options=options or {})
            stream.width, stream.height, stream.pix_fmt = 256, 128, "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
            for number, time_ms in enumerate(times_ms):
                frame = av.VideoFrame.from_ndarray(numbered_picture(number), format="bgr24")
                frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def blank_pictures() -> Callable[[Path, range], None]:
    """Overwrites the n-th Motion JPEG pictures of a file with zeros, from their first marker to their last."""

    def blank(path: Path, numbers: range) -> None:
        data = path.read_bytes()
        pictures = list(re.finditer(rb"\xff\xd8\xff.*?\xff\xd9", data, re.DOTALL))
        for picture in (pictures[n] for n in numbers):
            data = data[: picture.start()] + bytes(len(picture[0])) + data[picture.end() :]
        path.write_bytes(data)

    return blank


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """The event that ends a capture; set in the end whatever happens."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class RtspServer:
    """A real RTSP server in its own process, to be killed and started again on the same port."""

    def __init__(self, port: int) -> None:
        self.url = f"rtsp://127.0.0.1:{port}/road"
        self._port = port
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER), str(self._port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _has_rtsp_server() -> bool:
    code = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer;"
        "Gst.init(None); assert all(Gst.ElementFactory.find(n) for n in ('videotestsrc', 'jpegenc', 'rtpjpegpay'))"
    )
    if not os.access(SYSTEM_PYTHON, os.X_OK):
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def rtsp_server_installed() -> bool:
    return _has_rtsp_server()


@pytest.fixture
def rtsp_server(free_port: int, rtsp_server_installed: bool) -> Iterator[RtspServer]:
    if not rtsp_server_installed:
        pytest.skip(f"no GStreamer RTSP server on this machine; {RTSP_PACKAGES}")
    server = RtspServer(free_port)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def gst_launch() -> None:
    if shutil.which("gst-launch-1.0") is None:
        pytest.skip("no gst-launch-1.0 on this machine; apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base")


@pytest.fixture
def video_folder() -> Path:
    folder = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "video"
    if not folder.is_dir():
        pytest.skip(f"no real clips: {folder} is not there; set TRAFFIC_DATA")
    return folder
