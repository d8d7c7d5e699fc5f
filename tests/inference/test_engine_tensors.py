"""Which tensors an engine may have; the answers of an engine are stated here, nothing is run."""

from types import SimpleNamespace

import pytest

from traffic.errors import ModelError
from traffic.inference.engine_tensors import input_and_output

TENSORRT = SimpleNamespace(
    TensorIOMode=SimpleNamespace(INPUT="INPUT", OUTPUT="OUTPUT"), DataType=SimpleNamespace(FLOAT="DataType.FLOAT")
)


def engine(*tensors):
    """Of (name, mode, type)."""
    modes = {name: mode for name, mode, _ in tensors}
    kinds = {name: f"DataType.{kind}" for name, _, kind in tensors}
    return SimpleNamespace(
        num_io_tensors=len(tensors),
        get_tensor_name=lambda index: tensors[index][0],
        get_tensor_mode=modes.__getitem__,
        get_tensor_dtype=kinds.__getitem__,
    )


IMAGES, OUTPUT = ("images", "INPUT", "FLOAT"), ("output", "OUTPUT", "FLOAT")


@pytest.mark.parametrize("tensors", [(IMAGES, OUTPUT), (OUTPUT, IMAGES)], ids=["input first", "output first"])
def test_the_mode_tells_which_is_which(tensors):
    assert input_and_output(TENSORRT, engine(*tensors)) == ("images", "output")


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        ((("images", "INPUT", "HALF"), OUTPUT), "whose images is float32, got HALF\n.*half precision belongs between"),
        ((IMAGES, ("output", "OUTPUT", "HALF")), "whose output is float32, got HALF"),
        ((IMAGES, ("output", "OUTPUT", "INT32")), "whose output is float32, got INT32"),
        ((IMAGES, ("second", "INPUT", "FLOAT")), "got the inputs images, second and the outputs none"),
        ((IMAGES, OUTPUT, ("boxes", "OUTPUT", "FLOAT")), "the outputs output, boxes"),
        ((IMAGES, OUTPUT, ("odd", "NONE", "FLOAT")), "expected an engine with one input and one output"),
    ],
)
def test_what_the_kernels_cannot_write_or_read_is_refused(tensors, told):
    with pytest.raises(ModelError, match=told):
        input_and_output(TENSORRT, engine(*tensors))
