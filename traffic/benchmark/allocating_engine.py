"""The ladder's first three steps: an engine that allocates its input and output in every call, as plain scripts do."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

import numpy as np

from traffic.datatypes import Float32Array, UInt8Array
from traffic.inference.engine import Engine


class Reallocatable(Engine, Protocol):
    """An engine that can be given new buffers."""

    @property
    def batch(self) -> int:
        """Pictures of one inference."""
        ...

    def allocate(self) -> None:
        """Input and output anew."""
        ...


class AllocatingEngine:
    """Runs an engine, an Engine itself: what is computed is the same, each inference in memory of its own.

    Args:
        engine: closed with this one.
    """

    def __init__(self, engine: Reallocatable) -> None:
        self._engine = engine

    def infer(self, images: UInt8Array) -> Float32Array:
        """See Engine.infer."""
        batch = self._engine.batch
        parts = [images[first : first + batch] for first in range(0, len(images), batch)]
        return np.concatenate([self._in_new_memory(part) for part in parts or [images]])

    def _in_new_memory(self, images: UInt8Array) -> Float32Array:
        self._engine.allocate()
        return self._engine.infer(images)

    def __enter__(self) -> AllocatingEngine:
        self._engine.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.__exit__(kind, error, trace)
