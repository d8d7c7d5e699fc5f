"""OpenVINO takes a second to compile the chain's networks; tests that start the chain again and again do it once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[1] / "engines"


@pytest.fixture(scope="session")
def compiled_models() -> dict[tuple[str, ...], object]:
    """The shipped models as OpenVINO compiled them, by file, inputs, device and options."""
    return {}


@pytest.fixture(autouse=True, scope="module")
def _a_shipped_model_is_compiled_once(compiled_models: dict[tuple[str, ...], object]) -> Iterator[None]:
    """Everything else of an engine is made anew; a process that a test starts compiles for itself."""
    try:
        import openvino
    except ImportError:
        yield
        return

    class SharingCore(openvino.Core):
        def read_model(self, path: Path) -> object:
            self.path = path.resolve()
            return super().read_model(path)

        def compile_model(self, model: object, device: str, options: dict[str, object]) -> object:
            if self.path.parent != SHIPPED:
                return super().compile_model(model, device, options)
            key = (self.path.name, str(model.inputs), device, str(options))
            if key not in compiled_models:
                compiled_models[key] = super().compile_model(model, device, options)
            return compiled_models[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openvino, "Core", SharingCore)
        yield
