"""The records are those of the C header: its own compiler says how large they are and where each part lies."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from traffic.inference import kernel_records
from traffic.inference.kernel_records import PictureOnDevice, SeenQuad, c_picture, c_quad

HEADER = Path(__file__).parents[2] / "cuda_kernels" / "include" / "traffic_kernels.h"
STRUCTURES = {
    "TrafficPicture": kernel_records.CPicture,
    "TrafficBox": kernel_records.CBox,
    "TrafficQuad": kernel_records.CQuad,
    "TrafficFrame": kernel_records.CFrame,
    "TrafficNmsSettings": kernel_records.CNmsSettings,
}
CONSTANTS = {
    "TRAFFIC_MAXIMUM_PICTURES": kernel_records.MAXIMUM_PICTURES,
    "TRAFFIC_MAXIMUM_CROPS": kernel_records.MAXIMUM_CROPS,
    "TRAFFIC_LINEAR": kernel_records.LINEAR,
    "TRAFFIC_AREA": kernel_records.AREA,
    "TRAFFIC_FLOAT32": kernel_records.FLOAT32,
    "TRAFFIC_BGR": kernel_records.BGR,
    "TRAFFIC_ACROSS_CLASSES": kernel_records.ACROSS_CLASSES,
}


@pytest.fixture(scope="module")
def said_by_the_compiler(tmp_path_factory):
    """Of each expression its value."""
    if shutil.which("gcc") is None:
        pytest.skip("the header is compiled: apt-get install gcc")
    offsets = [f"offsetof({name}, {field[0]})" for name, each in STRUCTURES.items() for field in each._fields_]
    expressions = [*CONSTANTS, *(f"sizeof({name})" for name in (*STRUCTURES, "TrafficDetection", "TrafficCounts"))]
    lines = [f'printf("%ld\\n", (long)({each}));' for each in (*expressions, *offsets)]
    folder = tmp_path_factory.mktemp("header")
    (folder / "main.c").write_text(
        f'#include <stdio.h>\n#include "{HEADER}"\nint main(void) {{ {" ".join(lines)} return 0; }}\n'
    )
    subprocess.run(["gcc", "-o", folder / "main", folder / "main.c"], check=True)
    done = subprocess.run([folder / "main"], check=True, capture_output=True, text=True)
    return dict(zip((*expressions, *offsets), map(int, done.stdout.split()), strict=True))


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_lies_in_memory_as_in_c(name, said_by_the_compiler):
    structure = STRUCTURES[name]
    assert said_by_the_compiler[f"sizeof({name})"] == ctypes.sizeof(structure)
    for field, *_ in structure._fields_:
        assert said_by_the_compiler[f"offsetof({name}, {field})"] == getattr(structure, field).offset


def test_results_and_constants_are_those_of_c(said_by_the_compiler):
    assert said_by_the_compiler["sizeof(TrafficDetection)"] == kernel_records.DETECTION.itemsize
    assert said_by_the_compiler["sizeof(TrafficCounts)"] == kernel_records.COUNTS.itemsize
    assert {name: said_by_the_compiler[name] for name in CONSTANTS} == CONSTANTS


def test_a_picture_has_no_gaps_between_its_rows():
    picture = c_picture(PictureOnDevice(4096, 7, 5))
    assert (picture.pixels, picture.chroma, picture.width, picture.height, picture.pitch) == (4096, None, 7, 5, 21)


def test_a_matrix_travels_row_by_row():
    quad = c_quad(SeenQuad(np.arange(9.0).reshape(3, 3), (160, 48)))
    assert list(quad.out_to_picture) == list(range(9))
    assert (quad.width, quad.height) == (160, 48)
