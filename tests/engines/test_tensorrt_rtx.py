"""Whether TensorRT's newest parser and builder take the shipped models."""

from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx", reason="looks into the models' graphs: pip install 'traffic[dev]'")

from tests.engines.rtx_parser import needs_parser, parse  # noqa: E402
from traffic.inference.model_card import load_any_card  # noqa: E402

ENGINES = Path(__file__).parents[2] / "engines"
CARDS = [card for card in sorted(ENGINES.glob("*.yaml")) if card.with_suffix(".onnx").exists()]


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
    assert answer.errors == []
    assert answer.inputs == [described.input.name]
    assert answer.engine_bytes != 0


@needs_parser
def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    answer = parse(broken, (64, 64))
    assert answer.errors
    assert answer.engine_bytes == 0
