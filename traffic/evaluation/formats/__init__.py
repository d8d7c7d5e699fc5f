"""Labelled data as others write it: COCO JSON, YOLO text, lists of vehicles and of plates."""
