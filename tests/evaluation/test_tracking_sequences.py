from __future__ import annotations

import gzip

import numpy as np
import pytest

from traffic.errors import ConfigError
from traffic.evaluation.tracking_sequences import Logits, judge, read_kitti, read_mot

KITTI_TRUTH = """\
0 -1 DontCare -1 -1 -10 600 0 700 100 -1 -1 -1 -1000 -1000 -1000 -10
0 3 Car 0 0 -10 0 0 100 50 -1 -1 -1 -1 -1 -1 -1
0 4 Van 0 0 -10 200 0 300 50 -1 -1 -1 -1 -1 -1 -1
1 3 Car 0 3 -10 0 0 100 50 -1 -1 -1 -1 -1 -1 -1
1 5 Pedestrian 0 0 -10 400 0 420 50 -1 -1 -1 -1 -1 -1 -1
"""


@pytest.fixture
def kitti(tmp_path):
    (tmp_path / "gt").mkdir()
    (tmp_path / "found").mkdir()
    (tmp_path / "gt" / "0001.txt.gz").write_bytes(gzip.compress(KITTI_TRUTH.encode()))
    (tmp_path / "found" / "0001.txt").write_text("0,0,0,100,50,4\n1,1,0,101,50,2\n2,5,5,50,50,0\n")
    return tmp_path


def test_a_kitti_folder(kitti):
    (sequence,) = read_kitti(kitti, kitti / "found", logits=Logits(2, 2))
    assert (sequence.name, sequence.fps, len(sequence.truth)) == ("0001", 10.0, 3)
    assert sequence.pts_ns == (0, 100_000_000, 200_000_000)
    assert [frame.wanted.tolist() for frame in sequence.truth] == [[True, False], [False], []]
    np.testing.assert_allclose([d.scores[0] for d in sequence.detections], [0.731, 0.5, 0.269], atol=1e-3)


@pytest.mark.parametrize(
    ("story", "box", "counted"),
    [
        ("on the car", [0, 0, 100, 50], True),
        ("nowhere", [300, 200, 400, 260], True),
        ("on the van, which is no car", [200, 0, 300, 50], False),
        ("in the region that nobody labelled", [610, 10, 690, 80], False),
        ("too low to be asked for", [300, 200, 400, 225], False),
    ],
)
def test_kittis_rules_on_what_counts(kitti, story, box, counted):
    (sequence,) = read_kitti(kitti, kitti / "found")
    nothing = (np.zeros(0, np.int64), np.zeros((0, 4), np.float32))
    judged = judge(sequence, [(np.array([9]), np.array([box], np.float32)), nothing, nothing])
    assert judged[0].truth.tolist() == [0]
    assert len(judged[0].told) == counted


@pytest.fixture
def mot(tmp_path):
    for name in ("gt", "det"):
        (tmp_path / "crossing" / name).mkdir(parents=True)
    (tmp_path / "crossing" / "gt" / "gt.txt").write_text("1,7,0,0,100,50,1,1,1\n2,7,10,0,100,50,0,1,0.1\n")
    (tmp_path / "crossing" / "det" / "det.txt").write_text("1,-1,0,0,100,50,0.9\n2,-1,10,0,100,50,0.4\n")
    (tmp_path / "crossing" / "seqinfo.ini").write_text("[Sequence]\nframeRate=20\n")
    return tmp_path


def test_a_mot_folder(mot):
    (sequence,) = read_mot(mot)
    assert (sequence.name, sequence.fps) == ("crossing", 20.0)
    assert sequence.truth[1].xyxy.tolist() == [[10, 0, 110, 50]]
    assert [frame.wanted.tolist() for frame in sequence.truth] == [[True], [False]]
    assert sequence.detections[0].xyxy.tolist() == [[0, 0, 100, 50]]
    assert next(read_mot(mot, fps=5)).pts_ns == (0, 200_000_000)


def test_every_second_frame_keeps_its_time(mot):
    (sequence,) = read_mot(mot)
    half = sequence.every(2)
    assert (half.fps, half.pts_ns, len(half.truth), len(half.detections)) == (10.0, (0,), 1, 1)


def test_what_is_missing_is_named(tmp_path, kitti):
    with pytest.raises(ConfigError, match=r"NAME/gt/gt\.txt"):
        list(read_mot(tmp_path))
    with pytest.raises(ConfigError, match=r"detections of 0001 in .*nowhere"):
        list(read_kitti(kitti, kitti / "nowhere"))
    with pytest.raises(ConfigError, match="KITTI labels"):
        list(read_kitti(kitti / "found" / "none", kitti / "found"))
