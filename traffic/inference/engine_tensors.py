"""What goes into an engine and what comes out: one of each, float32, as the kernels and the CPU's side write and read.

TensorRT 11 takes the types from the model, so that an engine's input may well be in half precision.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from traffic.errors import ModelError

if TYPE_CHECKING:
    from traffic.inference.tensorrt_api import CudaEngine


def input_and_output(tensorrt: ModuleType, engine: CudaEngine) -> tuple[str, str]:
    """The names of an engine's only input and only output.

    Args:
        tensorrt: the binding.
        engine: of it.

    Raises:
        ModelError: there are others, or one is not float32.
    """
    names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
    inputs = [name for name in names if engine.get_tensor_mode(name) == tensorrt.TensorIOMode.INPUT]
    outputs = [name for name in names if engine.get_tensor_mode(name) == tensorrt.TensorIOMode.OUTPUT]
    if (len(inputs), len(outputs), len(names)) != (1, 1, 2):
        raise ModelError(
            f"expected an engine with one input and one output, got the inputs {', '.join(inputs) or 'none'} and the "
            f"outputs {', '.join(outputs) or 'none'}",
            remedy="build it from a model that came with this project",
        )
    for name in names:
        _require_float32(tensorrt, engine, name)
    return inputs[0], outputs[0]


def _require_float32(tensorrt: ModuleType, engine: CudaEngine, name: str) -> None:
    kind = engine.get_tensor_dtype(name)
    if kind != tensorrt.DataType.FLOAT:
        raise ModelError(
            f"expected an engine whose {name} is float32, got {str(kind).rpartition('.')[2]}",
            remedy="build it from a model whose input and output are float32; half precision belongs between them",
        )
