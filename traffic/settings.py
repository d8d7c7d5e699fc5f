"""The base of every group of settings: frozen, documented, and strict about unknown keys.

Each room declares its own settings beside the code that uses them, so a default is written once.
`traffic/config.py` only puts the groups together.
"""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A frozen group of settings whose field docstrings become the descriptions in the JSON Schema."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, str_strip_whitespace=True
    )
