"""What every room's tests share: tests/ on the import path, so that `from builders import ...` works."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
