"""Every call of ours exists in every TensorRT that we run on; the lists of names were taken from its real bindings."""

import ast
import json
from pathlib import Path

import pytest

from traffic.inference import engine_tensors, layer_profile, tensorrt_build, tensorrt_engine
from traffic.inference.tensorrt_api import PROTOCOLS

NAMES = json.loads((Path(__file__).parent / "tensorrt_api.json").read_text())
ALL_OF_THEM = {"8.5.2", "8.6.1", "10.3.0", "11.4.0"}
MODULE = "tensorrt"


def members(protocol):
    declared = {name for name in vars(protocol) if not name.startswith("_")}
    return declared | set(getattr(protocol, "__annotations__", {}))


def chains(module):
    """Every `tensorrt.a` and `tensorrt.a.b` that a module spells out, as tuples."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        if isinstance(node, ast.Attribute):
            names, inner = [node.attr], node.value
            while isinstance(inner, ast.Attribute):
                names, inner = [inner.attr, *names], inner.value
            if isinstance(inner, ast.Name) and inner.id == MODULE:
                yield tuple(names)


def test_the_lists_are_of_the_versions_that_we_run_on():
    assert set(NAMES) == ALL_OF_THEM


@pytest.mark.parametrize("version", sorted(ALL_OF_THEM))
@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_what_we_call_of_an_object_is_there(name, version):
    missing = {member for member in members(PROTOCOLS[name]) if member not in NAMES[version][name]}
    assert missing == set()


@pytest.mark.parametrize("version", sorted(ALL_OF_THEM))
@pytest.mark.parametrize(
    "module",
    [tensorrt_engine, tensorrt_build, layer_profile, engine_tensors],
    ids=["engine", "build", "layer profile", "tensors"],
)
def test_what_we_spell_out_of_the_module_is_there(module, version):
    spelled = {chain for chain in chains(module) if chain[0] != "__version__"}
    assert spelled, "nothing found to check"
    for first, *rest in spelled:
        assert first in NAMES[version]["*"], first
        assert set(rest[:1]) <= set(NAMES[version].get(first, [])), f"{first}.{rest}"


def test_a_name_that_one_version_lacks_would_be_found():
    assert "max_workspace_size" in NAMES["8.5.2"]["IBuilderConfig"]
    assert "max_workspace_size" not in NAMES["11.4.0"]["IBuilderConfig"]
    assert "FP16" not in NAMES["11.4.0"]["BuilderFlag"]
