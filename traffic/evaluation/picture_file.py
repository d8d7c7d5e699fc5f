"""Reads the pictures of a data set."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from traffic.datatypes import UInt8Array
from traffic.errors import ConfigError


def read_picture(path: Path) -> UInt8Array:
    """A picture file, (h, w, 3) BGR.

    Raises:
        ConfigError: it is missing or no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        found = "cannot decode it" if path.is_file() else "there is no such file"
        raise ConfigError(
            f"expected a picture in {path}, {found}", remedy="fetch the data set again, or set TRAFFIC_DATA"
        )
    return np.asarray(image, np.uint8)
