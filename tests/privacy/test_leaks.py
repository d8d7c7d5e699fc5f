"""After a whole run, nothing on disk, on the wire or in the log has any text of a plate that is not to be kept."""

from __future__ import annotations

import json

import av
import pytest
import yaml

pytest.importorskip("openvino", reason="the models run on OpenVINO: pip install 'traffic[openvino]'")

from tests.end_to_end.listener import Listener
from tests.end_to_end.project import Project, mqtt, wait_until
from tests.events.mosquitto import PROGRAM, Mosquitto
from tests.privacy.drawn_road import draw_film
from traffic.plates.confusions import skeleton
from traffic.plates.display import display_text
from traffic.privacy.key import make_key, read_key
from traffic.privacy.plate_hash import PlateHasher

pytestmark = pytest.mark.slow
FRAMES = 30


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Three cars drive past, not compressed; their plates."""
    path = tmp_path_factory.mktemp("film") / "road.mkv"
    frames, plates = draw_film(1, FRAMES)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv444p"
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path, plates


@pytest.fixture
def project(film, tmp_path):
    make_key(tmp_path / "plates.key")
    for number, plate in enumerate(film[1]):
        (tmp_path / f"{number}.csv").write_text(f"{plate},guest {number}\n")
    config = {
        "cameras": [{"id": "north", "source": {"kind": "file", "path": str(film[0])}}],
        "lists": [
            {"name": f"guests{number}", "kind": "allow", "file": f"{number}.csv"} for number in range(len(film[1]))
        ],
        "telemetry": {"log_level": "debug"},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    return Project(tmp_path)


@pytest.fixture
def broker(tmp_path):
    if PROGRAM is None:
        pytest.skip("mosquitto is not here: apt-get install mosquitto")
    folder = tmp_path / "broker"
    folder.mkdir()
    with Mosquitto(folder) as running:
        yield running


def run(project: Project, broker: Mosquitto, **privacy: str) -> bytes:
    """All that a run leaves: database with its journal, events as a subscriber hears them, log, evidence."""
    project.change(privacy=privacy, mqtt=mqtt(broker.port))
    with Listener(broker.port) as listener:
        answer = project.run("--synchronous")
        assert answer.code == 0, answer.err
        wait_until(lambda: len(listener.heard) >= 2, "the events are heard")
        heard = json.dumps(listener.heard, ensure_ascii=False)
    files = [path.read_bytes() for path in sorted((project.folder / "data").rglob("*")) if path.is_file()]
    return b"\n".join([*files, heard.encode(), answer.out.encode(), answer.err.encode()])


def forms(plate: str) -> list[bytes]:
    """A plate as it may be written: canonical, on the vehicle, folded, and its number alone."""
    return [text.encode() for text in (plate, display_text(plate), skeleton(plate), plate[1:6])]


def test_kept_plates_are_found_so_this_test_can_find_a_leak(project: Project, broker: Mosquitto, film: tuple) -> None:
    left = run(project, broker, plates_without_violation="keep")
    found = [plate for plate in film[1] if all(form in left for form in forms(plate))]
    assert len(found) >= 2


SECTION = {
    "name": "bridge",
    "entry": "north",
    "exit": "south",
    "distance_m": 900,
    "distance_error_m": 1,
    "limit_kmh": 60,
}


@pytest.mark.parametrize("mode", ["hash", "drop"])
def test_of_other_plates_nothing_is_left(project: Project, broker: Mosquitto, film: tuple, mode: str) -> None:
    """Also where a section's camera keeps pictures: they show plates, but nothing beside them writes one."""
    if mode == "hash":
        project.change(sections=[SECTION])
    left = run(project, broker, plates_without_violation=mode, key_file="plates.key")
    assert [form for plate in film[1] for form in forms(plate) if form in left] == []
    assert b"guest " not in left
    key = read_key(project.folder / "plates.key")
    assert key not in left
    hasher = PlateHasher(key)
    kept = [plate for plate in film[1] if hasher(plate).encode() in left]
    assert len(kept) >= 2 if mode == "hash" else kept == []
    assert len(list((project.folder / "data").rglob("passages/*.jpg"))) == len(kept)
