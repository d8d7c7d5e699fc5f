import cv2
import numpy as np
import pytest
import twins
from kernel_library import AREA, LINEAR, NV12_BT601, KernelError, Picture
from noisy_pictures import noise, nv12, pitched

BOXES = [(0, 0, 160, 90), (0, 0, 1, 1), (159, 89, 160, 90), (3, 5, 36, 38), (100, 20, 131, 21), (17, 0, 18, 90)]
QUADS = {
    "a plate seen from the side": [(60, 40), (110, 52), (108, 64), (59, 50)],
    "over the left edge": [(-20, -10), (50, 5), (55, 40), (-15, 30)],
    "all outside": [(300, 300), (340, 300), (340, 320), (300, 320)],
    "upside down": [(110, 64), (60, 60), (60, 40), (112, 42)],
}


@pytest.mark.parametrize("size", [(128, 128), (32, 33), (1, 1), (31, 7), (96, 24)], ids=str)
def test_box_crops_are_those_of_cv2(kernels, size):
    image = noise((160, 90))
    result = kernels.crop_boxes(pitched(image, 5), BOXES, size)
    for crop, (left, top, right, bottom) in zip(result, BOXES, strict=True):
        part = image[top:bottom, left:right]
        np.testing.assert_array_equal(crop, twins.planes(twins.resize(part, size)))
        assert np.abs(crop - twins.planes(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR))).max() <= 1


@pytest.mark.parametrize("size", [(128, 128), (32, 33), (1, 1), (31, 7), (96, 24), (20, 11)], ids=str)
def test_box_crops_by_areas_are_those_of_cv2(shuffled_kernels, size):
    image, whole = noise((160, 90)), (0, 0, 160, 90)
    boxes = [*BOXES, (0, 0, 2 * size[0], 2 * size[1]), (1, 2, 1 + size[0], 2 + size[1])]
    boxes = [box for box in boxes if box[2] <= whole[2] and box[3] <= whole[3]]
    result = shuffled_kernels.crop_boxes(pitched(image, 5), [(*box, *size, AREA) for box in boxes], size)
    for crop, (left, top, right, bottom) in zip(result, boxes, strict=True):
        part = image[top:bottom, left:right]
        assert np.abs(crop - twins.planes(twins.area_resize(part, size))).max() <= 1
        assert np.abs(crop - twins.planes(cv2.resize(part, size, interpolation=cv2.INTER_AREA))).max() <= 1


def test_means_of_areas_are_seldom_rounded_the_other_way(kernels):
    image = noise((160, 90))
    (crop,) = kernels.crop_boxes(pitched(image), [(0, 0, 160, 90, 23, 17, AREA)], (23, 17))
    assert (crop != twins.planes(twins.area_resize(image, (23, 17)))).mean() < 0.01


@pytest.mark.parametrize("sampling", [LINEAR, AREA], ids=["linear", "area"])
@pytest.mark.parametrize("size", [(40, 33), (31, 8), (1, 1), (32, 32)], ids=str)
def test_a_box_in_the_corner_of_its_crop_has_114_beside_it(shuffled_kernels, size, sampling):
    image, crop_size = noise((160, 90)), (40, 33)
    (crop,) = shuffled_kernels.crop_boxes(pitched(image), [(10, 5, 150, 88, *size, sampling)], crop_size)
    expected = np.full((33, 40, 3), twins.PAD, np.uint8)
    resize = twins.area_resize if sampling == AREA else twins.resize
    expected[: size[1], : size[0]] = resize(image[5:88, 10:150], size)
    assert np.abs(crop - twins.planes(expected)).max() <= (1 if sampling == AREA else 0)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 64])
def test_as_many_boxes_as_there_are(shuffled_kernels, count):
    image, rng = noise((80, 60)), np.random.default_rng(count)
    corners = np.sort(rng.integers(0, 30, (count, 2, 2)), axis=1) + np.array([[[0, 0]], [[30, 29]]]).reshape(1, 2, 2)
    boxes = [tuple(box) for box in corners.reshape(count, 4).tolist()]
    each_its_own = [(*box, 9 - index % 3, 8, (LINEAR, AREA)[index % 2]) for index, box in enumerate(boxes)]
    result = shuffled_kernels.crop_boxes(pitched(image), each_its_own, (9, 8), np.float16)
    assert result.shape == (count, 3, 8, 9)
    for crop, (left, top, right, bottom, width, height, sampling) in zip(result, each_its_own, strict=True):
        resize = twins.area_resize if sampling == AREA else twins.resize
        expected = twins.planes(resize(image[top:bottom, left:right], (width, height)))
        assert np.abs(crop[:, :, :width].astype(np.float32) - expected).max() <= (1 if sampling == AREA else 0)
        assert (crop[:, :, width:] == twins.PAD).all()


def _out_to_picture(quad, size):
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    return np.linalg.inv(cv2.getPerspectiveTransform(np.array(quad, np.float32), corners))


@pytest.mark.parametrize("quad", QUADS.values(), ids=QUADS.keys())
@pytest.mark.parametrize("size", [(96, 24), (33, 31), (1, 1)], ids=str)
def test_perspective_crops_are_those_of_cv2(kernels, quad, size):
    image, matrix = noise((160, 90)), _out_to_picture(quad, size)
    result = kernels.crop_perspective(pitched(image, 7), matrix[None], size)[0]
    assert np.abs(result - twins.crop_perspective(image, matrix, size)).max() <= 1
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    of_cv2 = cv2.warpPerspective(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    difference = np.abs(result - twins.planes(of_cv2))
    assert difference.max() <= _tolerance_of_cv2()
    assert np.median(difference) <= 2


def _tolerance_of_cv2():
    """OpenCV 5 interpolates at the place itself, 4 at the nearest 1/32 pixel: on noise that is up to 8 grey levels."""
    return 1 if int(cv2.__version__.split(".")[0]) >= 5 else 8


@pytest.mark.parametrize("quad", QUADS.values(), ids=QUADS.keys())
@pytest.mark.parametrize("seen", [(33, 31), (34, 31), (100, 31), (66, 124), (132, 50)], ids=str)
def test_large_quadrilaterals_are_averaged_down(shuffled_kernels, quad, seen):
    image, size, matrix = noise((160, 90)), (33, 31), _out_to_picture(quad, seen)
    result = shuffled_kernels.crop_perspective(pitched(image, 7), matrix[None], size, seen=[seen])[0]
    assert np.abs(result - twins.averaged_perspective(image, matrix, size, seen)).max() <= 1
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    large = cv2.warpPerspective(image, matrix, seen, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    of_cv2 = twins.planes(cv2.resize(large, size, interpolation=cv2.INTER_AREA))
    assert np.abs(result - of_cv2).max() <= _tolerance_of_cv2()


def test_many_perspectives_in_one_launch(shuffled_kernels):
    image, size = noise((160, 90)), (13, 9)
    seen = [(13 + k, 9 + k % 7) for k in range(64)]
    matrices = np.stack([_out_to_picture(quad, seen[k]) for k, quad in enumerate([*QUADS.values()] * 16)])
    result = shuffled_kernels.crop_perspective(pitched(image), matrices, size, np.float16, seen=seen)
    assert result.shape == (64, 3, 9, 13)
    for k, row in enumerate(result):
        expected = twins.averaged_perspective(image, matrices[k], size, seen[k])
        assert np.abs(row.astype(np.float32) - expected).max() <= 1


def test_a_matrix_of_zeros_reads_nothing_outside_the_picture(kernels):
    image = noise((16, 9))
    result = kernels.crop_perspective(pitched(image), np.zeros((1, 3, 3)), (8, 8))
    assert np.isin(result, image).all()


def test_crops_of_nv12(kernels):
    rows = nv12((64, 48))
    picture, bgr = Picture(rows[:48], (64, 48), rows[48:]), cv2.cvtColor(rows, cv2.COLOR_YUV2BGR_NV12)
    boxes = kernels.crop_boxes(picture, [(3, 5, 40, 41)], (20, 10), pixel_format=NV12_BT601)
    assert np.abs(boxes[0] - twins.planes(twins.resize(bgr[5:41, 3:40], (20, 10)))).max() <= 1
    matrix = _out_to_picture([(10, 10), (50, 13), (48, 40), (9, 33)], (24, 12))
    straight = kernels.crop_perspective(picture, matrix[None], (24, 12), pixel_format=NV12_BT601)
    assert np.abs(straight[0] - twins.crop_perspective(bgr, matrix, (24, 12))).max() <= 1


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((-1, 0, 5, 5), "inside 16 x 9, got left -1 top 0 right 5 bottom 5"),
        ((0, 0, 17, 5), "inside 16 x 9"),
        ((5, 5, 5, 8), "inside 16 x 9"),
        ((3, 8, 8, 3), "inside 16 x 9"),
    ],
    ids=["left of it", "right of it", "empty", "upside down"],
)
def test_a_box_that_is_not_in_the_picture_is_refused(kernels, box, words):
    with pytest.raises(KernelError, match=words):
        kernels.crop_boxes(pitched(noise((16, 9))), [(0, 0, 4, 4), box], (8, 8))


@pytest.mark.parametrize(
    ("becomes", "words"),
    [
        ((9, 8, LINEAR), "become 1 x 1 to 8 x 8, got 9 x 8"),
        ((8, 9, LINEAR), "got 8 x 9"),
        ((0, 8, LINEAR), "got 0 x 8"),
        ((8, 8, 2), r"sampling 0 \(linear\) or 1 \(area\), got 2"),
    ],
    ids=["too wide", "too high", "nothing", "another sampling"],
)
def test_a_box_that_does_not_fit_its_crop_is_refused(kernels, becomes, words):
    with pytest.raises(KernelError, match=words):
        kernels.crop_boxes(pitched(noise((16, 9))), [(0, 0, 4, 4, *becomes)], (8, 8))


@pytest.mark.parametrize("seen", [(7, 8), (8, 7)], ids=str)
def test_a_quadrilateral_that_would_have_to_grow_is_refused(kernels, seen):
    with pytest.raises(KernelError, match="seen in 8 x 8 at least, got"):
        kernels.crop_perspective(pitched(noise((16, 9))), np.eye(3)[None], (8, 8), seen=[seen])


def test_more_crops_than_fit_are_refused(kernels):
    with pytest.raises(KernelError, match="crop_boxes: expected a count of 0 to 64, got 65"):
        kernels.crop_boxes(pitched(noise((16, 9))), [(0, 0, 4, 4)] * 65, (8, 8))
    with pytest.raises(KernelError, match="crop_perspective: expected a count of 0 to 64, got 65"):
        kernels.crop_perspective(pitched(noise((16, 9))), np.tile(np.eye(3), (65, 1, 1)), (8, 8))
