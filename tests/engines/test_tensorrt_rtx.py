"""Whether TensorRT's newest parser and builder take the shipped models.

One process a model: the parser aborts on an operation of a plugin.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx", reason="looks into the models' graphs: pip install 'traffic[dev]'")

from traffic.inference.model_card import load_any_card  # noqa: E402

ENGINES = Path(__file__).parents[2] / "engines"
CARDS = [card for card in sorted(ENGINES.glob("*.yaml")) if card.with_suffix(".onnx").exists()]
PARSER = Path(__file__).with_name("tensorrt_rtx_parse.py")
PACKAGES = Path(__file__).parents[2] / "data" / "toolchains" / "parser"
needs_parser = pytest.mark.skipif(
    find_spec("tensorrt_rtx") is None and not PACKAGES.is_dir(),
    reason="needs TensorRT-RTX's parser: cuda_kernels/toolchains.sh parser",
)


def parse(model: Path, size: tuple[int, int]) -> dict[str, object]:
    command = [sys.executable, str(PARSER), str(model), *map(str, size)]
    here = os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGES), *sys.path])}
    run = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False, env=here)
    assert run.returncode == 0, run.stderr[-2000:]
    answer: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_shipped_model_needs_no_plugin_and_has_the_opset_of_tensorrt_8_5(card: Path) -> None:
    model = onnx.load(str(card.with_name(load_any_card(card).file)))
    assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
    assert {entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")} == {17}


@needs_parser
@pytest.mark.slow
@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_shipped_model_is_parsed_and_built(card: Path) -> None:
    described = load_any_card(card)
    answer = parse(card.with_name(described.file), described.input.default_size)
    assert answer["errors"] == []
    assert answer["inputs"] == [described.input.name]
    assert answer["engine_bytes"] != 0


@needs_parser
def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    answer = parse(broken, (64, 64))
    assert answer["errors"]
    assert answer["engine_bytes"] == 0
