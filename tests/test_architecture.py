"""The house itself: every module has its test."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path.relative_to(ROOT / "traffic")
    for path in (ROOT / "traffic").rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_its_test(module: Path):
    expected = ROOT / "tests" / module.parent / f"test_{module.name}"
    assert expected.is_file(), f"expected {expected.relative_to(ROOT)} to test traffic/{module}"
