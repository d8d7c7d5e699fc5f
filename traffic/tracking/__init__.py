"""Boxes into tracks: one ByteTrack-style tracker a camera, right at any and at a changing frame rate."""
