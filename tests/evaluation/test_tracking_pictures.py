from __future__ import annotations

from xml.etree import ElementTree

import cv2
import numpy as np

from traffic.evaluation.tracking_pictures import occlusion_picture, rate_plot, write_occlusion_clip


def test_the_plot_is_an_svg_with_a_line_for_each_tracker():
    lines = {"ours": {25.0: 80.0, 5.0: 78.0}, "theirs": {25.0: 70.0, 5.0: 60.0}}
    tree = ElementTree.fromstring(rate_plot({"simulated": lines, "real": lines}))
    drawn = [element for element in tree.iter() if element.tag.endswith("polyline")]
    assert len(drawn) == 4
    heights = [[float(point.split(",")[1]) for point in each.attrib["points"].split()] for each in drawn[:2]]
    assert heights[0][1] < heights[1][1] < heights[1][0]


def test_the_picture_of_an_occlusion_is_small_and_shows_something():
    encoded = occlusion_picture()
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    assert len(encoded) < 150_000
    assert picture.std() > 5


def test_the_clip_shows_the_whole_story(tmp_path):
    write_occlusion_clip(tmp_path / "clip.mp4")
    video = cv2.VideoCapture(str(tmp_path / "clip.mp4"))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 150
    video.release()
