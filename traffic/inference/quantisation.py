"""Whether a model tells its own INT8 ranges, and so whether an engine can be what is asked for.

The ONNX file is searched for two kinds of node as they stand in its bytes, so that a device needs no ONNX package.
"""

from __future__ import annotations

from pathlib import Path

from traffic.errors import ModelError
from traffic.inference.engine import InferenceSettings

_OPERATION_FIELD = 4
"""Of NodeProto, `op_type` (onnx.proto)."""
_LENGTH_DELIMITED = 2


def is_quantised(model: Path) -> bool:
    """Whether the graph has nodes that quantise and nodes that dequantise.

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        content = model.read_bytes()
    except OSError as error:
        raise ModelError(f"expected an ONNX model at {model}, but: {error}", remedy="restore the model file") from error
    return all(_node(operation) in content for operation in ("QuantizeLinear", "DequantizeLinear"))


def require_buildable(model: Path, settings: InferenceSettings) -> None:
    """Refuse what would be an engine of another precision than its name says, or none at all.

    Raises:
        ModelError: INT8 of a model without ranges; an accelerator in f32, or for a model with Q/DQ nodes.
    """
    if settings.precision == "int8" and settings.calibration is None and not is_quantised(model):
        raise ModelError(
            f"expected INT8 ranges, but {model} has no Q/DQ nodes and no calibration table is given: the engine "
            "would compute in half precision",
            remedy="use the card of its INT8 form (like vehicle_detector_int8.yaml), give a table with --calibration "
            "(inference.calibration), or take f16",
        )
    if settings.dla_core is not None:
        _require_accelerable(model, settings)


def _require_accelerable(model: Path, settings: InferenceSettings) -> None:
    if settings.precision == "f32":
        raise ModelError(
            "expected f16 or int8 for an accelerator (DLA), which has no f32",
            remedy="take f16, or leave --dla (inference.dla_core) out",
        )
    if is_quantised(model):
        raise ModelError(
            f"expected a model without Q/DQ nodes for an accelerator (DLA), but {model} has some",
            remedy="take the float model in f16, or in int8 with --calibration; or leave --dla (inference.dla_core) "
            "out",
        )


def _node(operation: str) -> bytes:
    """How a node of this kind begins its `op_type`: the field, the length, the text."""
    return bytes((_OPERATION_FIELD << 3 | _LENGTH_DELIMITED, len(operation))) + operation.encode()
