import cv2
import numpy as np

from traffic.simulation.drawing import SHIFT, fixed_point


def test_a_square_from_pixel_border_to_pixel_border_fills_those_pixels() -> None:
    image = np.zeros((12, 12), np.uint8)
    square = np.array([[2.0, 3.0], [8.0, 3.0], [8.0, 9.0], [2.0, 9.0]])
    cv2.fillConvexPoly(image, fixed_point(square), 255.0, cv2.LINE_8, SHIFT)
    filled = np.zeros((12, 12), bool)
    filled[3:9, 2:8] = True
    assert (image[filled] == 255).all()
    assert np.count_nonzero(image[~filled]) <= 13
