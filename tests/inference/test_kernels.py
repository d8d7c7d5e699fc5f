from pathlib import Path

import numpy as np
import pytest

from traffic.errors import ModelError
from traffic.inference.kernel_records import AREA, LINEAR, PictureOnDevice, ResizedBox, SeenQuad
from traffic.inference.kernels import DeviceKernels


def test_a_library_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match=r"expected the CUDA kernels at .*\n.*cuda_kernels/README"):
        DeviceKernels(tmp_path / "libtraffic_kernels.so")


def test_a_library_of_something_else_is_told():
    with pytest.raises(ModelError, match="expected the CUDA kernels at libc"):
        DeviceKernels(Path("libc.so.6"))


@pytest.fixture
def picture():
    return np.random.default_rng(2).integers(0, 256, (12, 16, 3), dtype=np.uint8)


def at(picture):
    height, width = picture.shape[:2]
    return PictureOnDevice(picture.ctypes.data, width, height)


def test_boxes_arrive_in_their_places(kernels_library, picture):
    """On the emulator, whose memory is this machine's."""
    out = np.full((2, 3, 4, 6), -1, np.float32)
    boxes = [ResizedBox((2, 3, 8, 7), (6, 4), LINEAR), ResizedBox((0, 0, 16, 12), (4, 3), AREA)]
    DeviceKernels(kernels_library).crop_boxes(at(picture), boxes, out.ctypes.data, (6, 4), 0)
    np.testing.assert_array_equal(out[0], picture[3:7, 2:8].transpose(2, 0, 1))
    means = picture.reshape(3, 4, 4, 4, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    assert np.abs(out[1, :, :3, :4] - means).max() <= 0.5
    assert (out[1, :, 3] == 114).all()
    assert (out[1, :, :, 4:] == 114).all()


def test_quadrilaterals_arrive_in_their_places(kernels_library, picture):
    out = np.full((1, 3, 4, 6), -1, np.float32)
    turned = np.array([[0.0, 1, 2], [1, 0, 3], [0, 0, 1]])
    DeviceKernels(kernels_library).crop_perspective(at(picture), [SeenQuad(turned, (6, 4))], out.ctypes.data, (6, 4), 0)
    np.testing.assert_array_equal(out[0], picture[3:9, 2:6].transpose(2, 1, 0))


def test_what_the_kernels_refuse_is_told(kernels_library, picture):
    out = np.zeros((1, 3, 4, 6), np.float32)
    box = ResizedBox((0, 0, 17, 4), (6, 4), LINEAR)
    with pytest.raises(ModelError, match=r"traffic_crop_boxes: .*inside 16 x 12.*\n.*cuda_kernels/README"):
        DeviceKernels(kernels_library).crop_boxes(at(picture), [box], out.ctypes.data, (6, 4), 0)
