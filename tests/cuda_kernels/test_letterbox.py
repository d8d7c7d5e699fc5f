import platform

import cv2
import numpy as np
import pytest
import twins
from kernel_library import BGR, NV12_BT601, NV12_BT709, KernelError, Picture
from noisy_pictures import noise, nv12, pitched

from traffic.detection.yolox import letterbox_into

SIZES = [
    ((1280, 720), (640, 384)),
    ((1920, 1080), (640, 384)),
    ((352, 288), (640, 384)),
    ((640, 384), (640, 384)),
    ((300, 1000), (416, 416)),
    ((1, 1), (32, 32)),
    ((31, 33), (32, 32)),
    ((33, 31), (31, 33)),
    ((2, 900), (33, 450)),
    ((1023, 577), (65, 17)),
]


@pytest.mark.parametrize(("frame", "size"), SIZES, ids=str)
@pytest.mark.parametrize("slack", [0, 61], ids=["tight rows", "odd pitch"])
def test_the_letterbox_is_the_cpus(kernels, frame, size, slack):
    image = noise(frame)
    result = kernels.letterbox([pitched(image, slack)], size)[0]
    np.testing.assert_array_equal(result, twins.letterbox(image, size))
    canvas = np.empty((size[1], size[0], 3), np.uint8)
    letterbox_into(canvas, image)
    assert np.abs(result - twins.planes(canvas)).max() <= 1


def test_fp16_holds_the_same_grey_levels(kernels):
    image = noise((320, 180))
    half = kernels.letterbox([pitched(image)], (128, 96), np.float16)
    assert half.dtype == np.float16
    np.testing.assert_array_equal(half, kernels.letterbox([pitched(image)], (128, 96)))


@pytest.mark.parametrize("count", [0, 1, 2, 16])
def test_pictures_of_a_batch_may_differ_in_size(shuffled_kernels, count):
    images = [noise((20 + 7 * i, 60 - 3 * i), seed=i) for i in range(count)]
    result = shuffled_kernels.letterbox([pitched(image, i) for i, image in enumerate(images)], (45, 33))
    assert result.shape == (count, 3, 33, 45)
    for row, image in zip(result, images, strict=True):
        np.testing.assert_array_equal(row, twins.letterbox(image, (45, 33)))


@pytest.mark.parametrize(
    ("frame", "size"), [((1280, 720), (640, 384)), ((34, 62), (33, 33)), ((2, 2), (8, 8))], ids=str
)
@pytest.mark.parametrize("slack", [0, 62])
def test_nv12_gives_what_conversion_before_the_letterbox_gives(kernels, frame, size, slack):
    rows = nv12(frame)
    result = kernels.letterbox([_nv12_picture(rows, slack)], size, pixel_format=NV12_BT601)[0]
    difference = np.abs(result - twins.letterbox(cv2.cvtColor(rows, cv2.COLOR_YUV2BGR_NV12), size))
    assert difference.max() <= 1
    if platform.machine() == "x86_64":  # OpenCV has other code for other processors
        assert (difference > 0).mean() < 0.001


@pytest.mark.parametrize(
    ("pixel_format", "kr", "kb", "rounded_otherwise"),
    [(NV12_BT601, 0.299, 0.114, 0.05), (NV12_BT709, 0.2126, 0.0722, 0.001)],
    ids=["BT.601, in OpenCV's three digits", "BT.709"],
)
def test_nv12_keeps_to_the_standards_formula(kernels, pixel_format, kr, kb, rounded_otherwise):
    rows = nv12((128, 64))
    result = kernels.letterbox([_nv12_picture(rows, 0)], (128, 64), pixel_format=pixel_format)[0]
    difference = np.abs(result - twins.planes(twins.bgr_of_nv12(rows, kr, kb)))
    assert difference.max() <= 1
    assert (difference > 0).mean() < rounded_otherwise


def test_nv12_of_a_television_in_bt709_keeps_its_colours(kernels):
    # ITU-R BT.709: Kr 0.2126, Kb 0.0722, limited range. Every colour is a plane without edges.
    for blue, green, red in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (90, 130, 200)]:
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        u, v = (blue - luma) / 1.8556, (red - luma) / 1.5748
        rows = np.empty((6, 4), np.uint8)
        rows[:4] = round(16 + luma * 219 / 255)
        rows[4:, 0::2], rows[4:, 1::2] = round(128 + u * 224 / 255), round(128 + v * 224 / 255)
        result = kernels.letterbox([_nv12_picture(rows, 0)], (4, 4), pixel_format=NV12_BT709)[0]
        assert np.abs(result[:, 0, 0] - [blue, green, red]).max() <= 3, (blue, green, red)


@pytest.mark.parametrize(
    ("pictures", "size", "pixel_format", "words"),
    [
        ([Picture(np.zeros((4, 12), np.uint8), (4, 4))] * 17, (8, 8), BGR, "count of 0 to 16, got 17"),
        ([Picture(np.zeros((4, 11), np.uint8), (4, 4))], (8, 8), BGR, "12 bytes a row, got 4 x 4 with pitch 11"),
        ([Picture(np.zeros((4, 12), np.uint8), (0, 4))], (8, 8), BGR, "at least 1 x 1"),
        ([Picture(np.zeros((4, 12), np.uint8), (4, 4))], (0, 8), BGR, "output of at least 1 x 1, got 0 x 8"),
        ([Picture(np.zeros((4, 12), np.uint8), (4, 4))], (8, 8), 7, "format 0 (BGR), 1 or 2 (NV12), got 7"),
        ([Picture(np.zeros((4, 12), np.uint8), (4, 4))], (8, 8), NV12_BT601, "chroma"),
        ([Picture(np.zeros((3, 4), np.uint8), (4, 3), np.zeros((2, 4), np.uint8))], (8, 8), NV12_BT601, "even size"),
        ([Picture(np.zeros((1, 900), np.uint8), (300, 1))], (32, 32), BGR, "leaves no pixel"),
    ],
    ids=["too many", "short rows", "empty", "no output", "format", "no chroma", "odd NV12", "a line"],
)
def test_what_cannot_be_is_refused_in_words(kernels, pictures, size, pixel_format, words):
    with pytest.raises(KernelError) as error:
        kernels.letterbox(pictures, size, pixel_format=pixel_format)
    assert words in str(error.value)
    assert error.value.status == 1


def _nv12_picture(rows, slack):
    height = rows.shape[0] * 2 // 3
    wide = np.pad(rows, ((0, 0), (0, slack)), constant_values=99)
    return Picture(wide[:height], (rows.shape[1], height), wide[height:])
