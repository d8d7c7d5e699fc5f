"""The TrafficMish plugin, driven through TensorRT's interface; its kernels on the emulator."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_builds import ADDRESS, CUDA_KERNELS, FIBERS, QUICK, compile_objects, link

TOOLCHAINS = CUDA_KERNELS.parent / "data" / "toolchains"
TENSORRT_HEADERS = [
    Path(os.environ.get("TENSORRT_INCLUDE", TOOLCHAINS / "tensorrt-headers")),
    Path("/usr/include/aarch64-linux-gnu"),
    Path("/usr/include/x86_64-linux-gnu"),
]
CUDA_HEADERS = [Path("/usr/local/cuda/include"), TOOLCHAINS / "cuda-11.8" / "include"]
KERNELS = [CUDA_KERNELS / "kernels" / name for name in ("mish.cu", "status.cu")]
HARNESS = Path(__file__).parent / "plugin_harness.cpp"

EXPECTED = {
    "creator": "TrafficMish 1 0",
    "plugin": 'TrafficMish 1 ""',
    "shape": "the input's",
    "type": "the input's",
    "FP32 linear": "yes",
    "FP16 linear": "yes",
    "FP16 eights": "yes",
    "FP16 eights of a matrix": "no",
    "FP16 to FP32": "no",
    "FP16 eights to linear": "no",
    "FP32 eights": "no",
    "FP32 thirty-twos": "no",
    "INT8": "no",
    "two inputs": "no",
    "runs FP32": "0 all written",
    "runs FP16": "0 all written",
    "runs FP16 eights": "0 all written",
    "runs nothing": "0 all written",
    "mish of 1 and -1": "0.865098 -0.303401",
    "creators": "1",
}
ONLY_V2 = {"copies": "two", "foreign bytes": "refused", "enters a registry that is not there": "no"}
ONLY_V3 = {"copies": "three"}


def tensorrt_headers():
    return next((folder for folder in TENSORRT_HEADERS if (folder / "NvInferRuntime.h").is_file()), None)


def why_not(version, headers):
    """Why the headers in a folder cannot compile the plugin of one interface version; empty if they can."""
    words = r"define (?:NV_TENSORRT_MAJOR|TRT_MAJOR_ENTERPRISE) (\d+)"
    major = int(re.search(words, (headers / "NvInferVersion.h").read_text()).group(1))
    if version == "v3":
        return "" if major >= 10 else f"IPluginV3 came with TensorRT 10; {headers} is of {major}"
    declared = "".join(path.read_text(errors="replace") for path in sorted(headers.glob("NvInferRuntime*.h")))
    return (
        "" if "class IPluginV2DynamicExt" in declared else f"TensorRT {major} in {headers} has no IPluginV2DynamicExt"
    )


def include_flags():
    tensorrt = tensorrt_headers()
    cuda = [folder for folder in CUDA_HEADERS if (folder / "cuda_runtime_api.h").is_file()]
    if tensorrt is None or not cuda or shutil.which("g++") is None:
        pytest.skip("the plugin needs g++, TensorRT's and CUDA's headers: cuda_kernels/toolchains.sh headers")
    return ["-isystem", str(tensorrt), "-isystem", str(cuda[0]), "-Wno-deprecated-declarations"]


class Plugins:
    """Builds each plugin and harness once."""

    def __init__(self, folder):
        self._folder = folder
        self._built = {}

    def library(self, version, flags):
        """The plugin of one interface version with its kernels, as the shared library that TensorRT would load."""
        includes = include_flags()
        if why := why_not(version, tensorrt_headers()):
            pytest.skip(why)
        plugin = [CUDA_KERNELS / "plugin" / name for name in ("mish_core.cpp", f"mish_{version}.cpp")]
        objects = [*self._objects(plugin, [*flags, *includes]), *self._objects([*KERNELS, *FIBERS], flags)]
        return self._linked(objects, f"libtraffic_plugin_{version}.so", flags)

    def answers(self, version, flags):
        """What the harness finds, as question to answer."""
        library = self.library(version, flags)
        harness = self._linked(self._objects([HARNESS], [*flags, *include_flags()]), "harness", flags)
        done = subprocess.run([str(harness), str(library)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(line.split(": ", 1) for line in done.stdout.splitlines())

    def _objects(self, sources, flags):
        missing = [source for source in sources if (source, tuple(flags)) not in self._built]
        folder = self._folder / ("quick" if "-g" not in flags else "watched")
        for source, target in zip(missing, compile_objects(missing, folder, flags), strict=True):
            self._built[source, tuple(flags)] = target
        return [self._built[source, tuple(flags)] for source in sources]

    def _linked(self, objects, name, flags):
        target = objects[0].parent / name
        return target if target.exists() else link(objects, target, flags)


@pytest.fixture(scope="module")
def plugins(tmp_path_factory):
    return Plugins(tmp_path_factory.mktemp("plugins"))


@pytest.mark.parametrize(
    ("version_header", "runtime_header", "compilable"),
    [
        ("#define NV_TENSORRT_MAJOR 8 //!< TensorRT major version.", "class IPluginV2DynamicExt : public", ["v2"]),
        (
            "#define TRT_MAJOR_ENTERPRISE 10\n#define NV_TENSORRT_MAJOR TRT_MAJOR_ENTERPRISE",
            "class IPluginV2DynamicExt",
            ["v2", "v3"],
        ),
        ("#define TRT_MAJOR_ENTERPRISE 11\n#define NV_TENSORRT_MAJOR TRT_MAJOR_ENTERPRISE", "class IPluginV3", ["v3"]),
    ],
    ids=["8.5 of JetPack 5", "10.14", "without V2"],
)
def test_only_what_the_headers_have_is_compiled(tmp_path, version_header, runtime_header, compilable):
    (tmp_path / "NvInferVersion.h").write_text(version_header)
    (tmp_path / "NvInferRuntime.h").write_text(runtime_header)
    assert [version for version in ("v2", "v3") if not why_not(version, tmp_path)] == compilable


@pytest.mark.parametrize(("version", "more"), [("v2", ONLY_V2), ("v3", ONLY_V3)])
def test_a_builder_gets_the_answers_it_needs(plugins, version, more):
    assert plugins.answers(version, QUICK) == EXPECTED | more


@pytest.mark.slow
@pytest.mark.parametrize(("version", "more"), [("v2", ONLY_V2), ("v3", ONLY_V3)])
def test_the_plugin_is_clean_under_the_sanitizers(plugins, version, more):
    assert plugins.answers(version, ADDRESS) == EXPECTED | more


REGISTER = """
import sys
import tensorrt_dispatch as trt
registry = trt.get_plugin_registry()
before = len(registry.all_creators)
assert registry.load_library(sys.argv[1]) is not None, "refused"
names = [(c.name, c.plugin_version, c.plugin_namespace) for c in registry.all_creators][before:]
creator = registry.get_creator("TrafficMish", "1", "")
plugin = creator.create_plugin("mish", trt.PluginFieldCollection([]), trt.TensorRTPhase.BUILD)
build = plugin.get_capability_interface(trt.PluginCapabilityType.BUILD)
print(trt.__version__.split(".")[0], names, plugin is not None, build.num_outputs)
"""


@pytest.mark.parametrize("release", ["10.16", "11.4"])
def test_the_real_registry_takes_the_plugin(plugins, release):
    packages = TOOLCHAINS / f"dispatch-{release}"
    if not (packages / "tensorrt_dispatch").is_dir():
        pytest.skip(f"TensorRT {release}'s registry is not at {packages}: cuda_kernels/toolchains.sh registries")
    library = plugins.library("v3", QUICK)
    done = subprocess.run(
        [sys.executable, "-c", REGISTER, str(library)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(packages)},
        check=False,
    )
    major = release.split(".")[0]
    assert done.stdout.strip() == f"{major} [('TrafficMish', '1', '')] True 1", done.stdout + done.stderr
