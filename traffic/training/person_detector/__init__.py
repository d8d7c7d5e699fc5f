"""The person detector: YOLOX-Nano's published COCO weights, of whose 80 classes one is kept."""
