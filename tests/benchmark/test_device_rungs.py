"""The steps need a GPU, and are told apart by what they send to it; their detectors are tested for themselves."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.nvidia import has_driver
from traffic.benchmark.device_rungs import Parts, device_rungs, int8_making
from traffic.benchmark.ladder import Course, climb, drawn_pictures, scene_frames
from traffic.inference.model_card import DetectorCard, load_model_card

CARD = Path(__file__).parents[2] / "engines" / "vehicle_detector.yaml"
PARTS = Parts(CARD, CARD, (640, 384), 4, Path("libtraffic_kernels.so"), Path("ladder-engines"))


@pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver: `make device-check` climbs the steps")
def test_without_a_gpu_every_step_says_why_it_cannot_be_run():
    results = list(climb(device_rungs(PARTS), Course(scene_frames(1), drawn_pictures(1))))
    assert [each.frames_per_second for each in results] == [None] * 7
    assert all("expected NVIDIA's driver" in each.problem for each in results)


def test_first_the_network_s_input_is_sent_then_the_frame_and_never_more():
    frame, tensor = 1920 * 1080 * 3, 640 * 384 * 3 * 4
    assert [each.bytes_up for each in device_rungs(PARTS)] == [tensor] * 3 + [frame] * 4


def test_each_row_says_its_batch_and_whether_it_is_a_graph():
    assert [(each.batch, each.graph) for each in device_rungs(PARTS)] == [(1, False)] * 3 + [(4, True)] * 4


@pytest.mark.parametrize(("plugin", "told"), [(None, "no plugin"), (Path("libtraffic_plugin.so"), "Mish plugin")])
def test_a_step_without_the_plugin_does_not_claim_it(plugin, told):
    fifth = [each.name for each in device_rungs(replace(PARTS, plugin=plugin)) if "suppression" in each.name]
    assert [name[:6] for name in fifth] == ["5 FP16", "5 INT8"]
    assert all(told in name for name in fifth)


@pytest.mark.parametrize(
    ("command", "told"),
    [("quantise", "quantised after training"), ("quantisation_aware", "quantisation-aware training")],
)
def test_int8_is_named_as_its_card_tells(command, told):
    card = load_model_card(CARD, DetectorCard)
    recipe = card.recipe.model_copy(update={"command": f"python -m traffic.training.compression.{command} recipe.yaml"})
    assert int8_making(card.model_copy(update={"recipe": recipe})) == told


def test_nothing_is_built_beside_the_models(tmp_path):
    parts = replace(PARTS, engines=tmp_path)
    assert {each.open.args[2].engines for each in device_rungs(parts)} == {tmp_path}
