"""A rendered road whose truth is known exactly: the demonstration, the oracle of tests, and training pictures.

scene = build_scene(builtin_spec())
scene.render(0)                                  # (720, 1280, 3) uint8
write_scene(scene, Path("road.mp4"), Path("road.json"))
image, xyxy, class_ids = training_sample(seed)
"""

from traffic.simulation.recording import write_scene
from traffic.simulation.samples import TrainingSample, labelled_sample, training_sample
from traffic.simulation.scene import Scene, build_scene
from traffic.simulation.spec import SceneSpec, builtin_spec, close_up_spec, random_spec, short_spec
from traffic.simulation.truth import SceneTruth

__all__ = [
    "Scene",
    "SceneSpec",
    "SceneTruth",
    "TrainingSample",
    "build_scene",
    "builtin_spec",
    "close_up_spec",
    "labelled_sample",
    "random_spec",
    "short_spec",
    "training_sample",
    "write_scene",
]
