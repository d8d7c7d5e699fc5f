import os
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import twins
from kernel_library import WITHIN_CLASS, KernelError, Nms

from traffic.datatypes import VEHICLE_CLASSES
from traffic.detection.yolox import decode, letterbox_into, make_grid, non_maximum_suppression, to_detections
from traffic.inference.engine import InferenceSettings
from traffic.inference.onnx_engine import OnnxEngine
from traffic.simulation.samples import training_sample

ROOT = Path(__file__).parents[2]
CLIPS = Path(os.environ.get("TRAFFIC_DATA", "../shared/data")) / "video"
CLASSES = len(VEHICLE_CLASSES)
SIZE = (640, 384)
SMALL = (64, 32)


@cache
def network():
    return OnnxEngine(ROOT / "engines/vehicle_detector.onnx", SIZE, InferenceSettings(threads=1))


@cache
def drawn_roads():
    return put_in([training_sample(seed)[0] for seed in (1, 2, 3)])


def put_in(images):
    canvas = np.empty((len(images), SIZE[1], SIZE[0], 3), np.uint8)
    scales = [letterbox_into(row, image) for row, image in zip(canvas, images, strict=True)]
    frames = [(scale, image.shape[1], image.shape[0]) for scale, image in zip(scales, images, strict=True)]
    return network().infer(canvas), frames


def on_the_cpu(output, size, frame, nms):
    """The CPU path of the detector, with suppression within classes where asked for, and the best 1024 only."""
    xyxy, scores, columns = decode(output, make_grid(size), nms.minimum_score)
    candidates = len(scores)
    best = np.sort(np.argsort(-scores, kind="stable")[:1024])
    xyxy, scores, columns = xyxy[best], scores[best], columns[best]
    if nms.suppression == WITHIN_CLASS:
        kept = twins.suppress(xyxy, scores, columns, nms.maximum_iou)
    else:
        kept = non_maximum_suppression(xyxy, scores, nms.maximum_iou)
    found = to_detections(xyxy[kept], scores[kept], columns[kept], scale=frame[0], frame_size=frame[1:])
    return found, candidates


def assert_same(found, expected, candidates):
    assert found.candidates == candidates
    assert found.columns.tolist() == expected.class_ids.tolist()
    np.testing.assert_array_equal(found.scores, expected.scores)
    np.testing.assert_allclose(found.xyxy, expected.xyxy, atol=2e-3, rtol=2e-6)


NMS = [Nms(), Nms(suppression=WITHIN_CLASS), Nms(minimum_score=0.34), Nms(minimum_score=1e-4, maximum_iou=0.3)]


@pytest.mark.parametrize("nms", NMS, ids=["as configured", "within classes", "surer", "nearly every anchor"])
def test_the_networks_output_gives_the_cpus_vehicles(kernels, nms):
    outputs, frames = drawn_roads()
    results = kernels.decode_nms(outputs, SIZE, frames, nms)
    for found, output, frame in zip(results, outputs, frames, strict=True):
        assert_same(found, *on_the_cpu(output, SIZE, frame, nms))
    assert sum(len(found.scores) for found in results) > 10


@pytest.mark.skipif(not CLIPS.is_dir(), reason=f"no real roads: {CLIPS} is absent (set TRAFFIC_DATA)")
def test_real_roads_give_the_cpus_vehicles(kernels):
    images = [image for clip in sorted(CLIPS.glob("*.mp4")) if (image := early_frame_of(clip)) is not None]
    assert len(images) >= 3
    for first in range(0, len(images), 4):
        outputs, frames = put_in(images[first : first + 4])
        for found, output, frame in zip(kernels.decode_nms(outputs, SIZE, frames), outputs, frames, strict=True):
            assert_same(found, *on_the_cpu(output, SIZE, frame, Nms()))


def early_frame_of(clip):
    video = cv2.VideoCapture(str(clip))
    video.set(cv2.CAP_PROP_POS_FRAMES, 20)
    read, image = video.read()
    video.release()
    return image if read else None


def crowd(size, count, *, seed=1, classes=CLASSES, levels=0):
    """Raw output of a network that sees something everywhere; `levels` rounds the scores, so that many are equal."""
    rng = np.random.default_rng(seed)
    anchors = len(make_grid(size)[0])
    output = rng.normal(0, 1, (count, anchors, 5 + classes)).astype(np.float32)
    output[..., 2:4] = rng.normal(1, 0.7, (count, anchors, 2))
    scores = rng.uniform(0, 1, (count, anchors, 1 + classes))
    output[..., 4:] = np.round(scores * levels) / levels if levels else scores
    return output


@pytest.mark.parametrize("size", [(32, 32), (64, 32), (96, 128), (416, 416)], ids=str)
@pytest.mark.parametrize("levels", [0, 4], ids=["all different", "many equal scores"])
def test_a_crowd_gives_the_cpus_boxes(shuffled_kernels, size, levels):
    output, frame = crowd(size, 2, levels=levels), (0.5, 2 * size[0], 2 * size[1] - 7)
    for nms in (Nms(minimum_score=0.3), Nms(minimum_score=0.2, maximum_iou=0.1, suppression=WITHIN_CLASS)):
        for found, row in zip(shuffled_kernels.decode_nms(output, size, [frame] * 2, nms), output, strict=True):
            assert_same(found, *on_the_cpu(row, size, frame, nms))


@pytest.mark.parametrize("candidates", [0, 1, 2, 31, 32, 33, 1023, 1024, 1025, 3000])
def test_as_many_candidates_as_there_are(shuffled_kernels, candidates):
    output = crowd(SIZE, 1, seed=candidates)
    output[0, np.random.default_rng(2).permutation(output.shape[1])[candidates:], 4] = 0.0
    output[0, ..., 5] = 1.0
    output[..., 4] = np.where(output[..., 4] > 0, 0.5 + output[..., 4] / 2, 0)
    found = shuffled_kernels.decode_nms(output, SIZE, [(1.0, *SIZE)], Nms(minimum_score=0.3))[0]
    expected, number = on_the_cpu(output[0], SIZE, (1.0, *SIZE), Nms(minimum_score=0.3))
    assert number == candidates
    assert_same(found, expected, candidates)


@pytest.mark.parametrize("count", [0, 1, 2, 16])
def test_pictures_of_a_batch_do_not_mix(kernels, count):
    output = crowd(SMALL, count)
    output[1::2, :, 4] = 0.0
    frames = [(1.0 + 0.1 * i, 50 + i, 25) for i in range(count)]
    results = kernels.decode_nms(output, SMALL, frames, Nms(minimum_score=0.3))
    assert len(results) == count
    for i, found in enumerate(results):
        assert_same(found, *on_the_cpu(output[i], SMALL, frames[i], Nms(minimum_score=0.3)))


def test_one_class_is_enough(kernels):
    output = crowd(SMALL, 1, classes=1)
    found = kernels.decode_nms(output, SMALL, [(1.0, *SMALL)])[0]
    assert_same(found, *on_the_cpu(output[0], SMALL, (1.0, *SMALL), Nms()))


def test_fp16_output_gives_what_its_numbers_say(kernels):
    output = crowd((96, 128), 1).astype(np.float16)
    found = kernels.decode_nms(output, (96, 128), [(1.0, 96, 128)], Nms(minimum_score=0.3))[0]
    assert_same(found, *on_the_cpu(output[0].astype(np.float32), (96, 128), (1.0, 96, 128), Nms(minimum_score=0.3)))


def test_a_full_result_holds_the_best(kernels):
    output, frame = crowd(SIZE, 1), (1.0, *SIZE)
    all_of_them = kernels.decode_nms(output, SIZE, [frame])[0]
    first = kernels.decode_nms(output, SIZE, [frame], Nms(maximum_boxes=5))[0]
    assert len(all_of_them.scores) > 5
    np.testing.assert_array_equal(first.xyxy, all_of_them.xyxy[:5])


def anchors_of(*rows):
    """Output in which the first cells of stride 8 hold `rows` of centre, size in pixels, score, class."""
    grid, strides = make_grid(SMALL)
    output = np.zeros((1, len(strides), 5 + CLASSES), np.float32)
    for anchor, (x, y, width, height, score, column) in zip(np.flatnonzero(strides == 8), rows, strict=False):
        output[0, anchor, :2] = np.array([x, y]) / 8 - grid[anchor]
        output[0, anchor, 2:4] = np.log(np.array([width, height]) / 8)
        output[0, anchor, 4] = score
        output[0, anchor, 5 + column] = 1.0
    return output


@pytest.mark.parametrize(
    ("rows", "suppression", "columns"),
    [
        ([(20, 10, 20, 20, 0.9, 0), (20, 18, 20, 20, 0.8, 1), (20, 26, 20, 20, 0.7, 2)], 0, [0, 2]),
        ([(20, 10, 20, 20, 0.9, 0), (20, 10, 20, 20, 0.8, 1)], 0, [0]),
        ([(20, 10, 20, 20, 0.9, 0), (20, 10, 20, 20, 0.8, 1)], WITHIN_CLASS, [0, 1]),
        ([(20, 10, 20, 20, 0.9, 3), (20, 11, 20, 20, 0.8, 3)], WITHIN_CLASS, [3]),
        ([(20, 10, 20, 20, 0.5, 4), (20, 10, 20, 20, 0.5, 2)], 0, [4]),
        ([(-50, 10, 20, 20, 0.9, 0), (20, 10, 20, 20, 0.8, 1)], 0, [1]),
    ],
    ids=["suppressed suppresses nothing", "two names", "two classes", "one class", "equal scores", "outside"],
)
def test_suppression(kernels, rows, suppression, columns):
    nms = Nms(minimum_score=0.3, maximum_iou=0.4, suppression=suppression)
    found = kernels.decode_nms(anchors_of(*rows), SMALL, [(1.0, *SMALL)], nms)[0]
    assert found.columns.tolist() == columns


def test_numbers_that_are_none_find_nothing_and_break_nothing(kernels):
    output = crowd(SMALL, 1)
    output[0, :10, 4] = np.nan
    output[0, 10:20, 2:4] = 200.0  # infinitely wide
    output[0, 20:30, 0] = np.inf
    found = kernels.decode_nms(output, SMALL, [(1.0, *SMALL)])[0]
    assert not np.isnan(found.scores).any()
    assert len(found.scores) <= output.shape[1] - 10


@pytest.mark.parametrize(
    ("nms", "size", "words"),
    [
        (Nms(minimum_score=0.0), SMALL, "minimum score above 0, got 0"),
        (Nms(minimum_score=float("nan")), SMALL, "minimum score above 0"),
        (Nms(maximum_iou=1.5), SMALL, "maximum IoU of 0 to 1, got 1.5"),
        (Nms(maximum_boxes=0), SMALL, "room for at least 1 box, got 0"),
        (Nms(suppression=2), SMALL, r"suppression 0 \(across classes\) or 1 \(within\), got 2"),
        (Nms(), (65, 32), "multiples of 32, got 65 x 32"),
    ],
    ids=["every anchor", "no number", "IoU", "no room", "suppression", "size"],
)
def test_settings_that_make_no_sense_are_refused(kernels, nms, size, words):
    with pytest.raises(KernelError, match=words):
        kernels.decode_nms(crowd(SMALL, 1), size, [(1.0, *SMALL)], nms)


def test_more_pictures_than_fit_are_refused(kernels):
    with pytest.raises(KernelError, match="count of 0 to 16, got 17"):
        kernels.decode_nms(crowd((32, 32), 17), (32, 32), [(1.0, 32, 32)] * 17)
