"""What the config's model cards become."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from traffic.config import Config, parse_config
from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.inference.openvino_engine import OpenVinoEngine
from traffic.models import build_classifier, build_detector, build_plate_reader, open_engine
from traffic.passages.identifier import NoClassifier
from traffic.plates.reader import NoPlateReader

ENGINES = Path(__file__).parent.parent / "engines"
DETECTOR = ENGINES / "vehicle_detector.yaml"


def config_of(more: str = "") -> Config:
    return parse_config(f"cameras: [{{id: a, source: {{kind: file, path: a.mp4}}}}]\n{more}", {})


def open_all(config: Config) -> None:
    with ExitStack() as stack:
        build_classifier(config, stack)
        build_plate_reader(config, stack)


@pytest.mark.parametrize(
    ("backend", "kind"), [("openvino", OpenVinoEngine), ("onnxruntime", OnnxEngine)], ids=["openvino", "onnxruntime"]
)
def test_the_config_chooses_the_backend(backend, kind):
    settings = InferenceSettings(backend=backend, threads=1)
    with open_engine(DETECTOR.with_suffix(".onnx"), (320, 192), settings) as engine:
        assert isinstance(engine, kind)


def test_an_altered_model_is_refused(tmp_path):
    (tmp_path / "card.yaml").write_text(DETECTOR.read_text())
    (tmp_path / "vehicle_detector.onnx").write_bytes(b"altered")
    config = config_of(f"detector: {{model: {tmp_path}/card.yaml}}")
    with ExitStack() as stack, pytest.raises(ModelError, match="expected sha256"):
        build_detector(config, stack)


@pytest.mark.parametrize(
    "more",
    [
        f"classifier: {{model: {DETECTOR}}}",
        f"plates: {{locator: {DETECTOR}, reader: {DETECTOR}}}",
        "classifier: {model: nowhere.yaml}",
    ],
    ids=["a detector to classify with", "a detector to read plates with", "a card that is not there"],
)
def test_a_model_for_another_task_is_refused(more):
    with pytest.raises(ModelError, match=r"expected a model card|is not the card of a"):
        open_all(config_of(more))


def test_what_is_not_configured_is_not_done():
    config = config_of("classifier: {model: null}\nplates: {locator: null, reader: null}")
    with ExitStack() as stack:
        assert isinstance(build_classifier(config, stack), NoClassifier)
        assert isinstance(build_plate_reader(config, stack), NoPlateReader)
