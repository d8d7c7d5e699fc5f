"""Ids by their beginning, as people type them."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import InstrumentedAttribute

from traffic.errors import StoreError
from traffic.store.failures import store_errors

SHORT_ID = 8
"""Characters of an id in a table: enough for `show`."""
_EXAMPLES = 5


def full_id(engine: Engine, column: InstrumentedAttribute[str], beginning: str, *, kind: str) -> str:
    """The one id in `column` that begins so.

    Raises:
        StoreError: none does, or several do.
    """
    query = select(column).where(column.startswith(beginning.strip().lower(), autoescape=True))
    with store_errors(engine.url, "the record to be readable"), engine.connect() as connection:
        found = connection.scalars(query.order_by(column).limit(_EXAMPLES)).all()
    if not found:
        raise StoreError(
            f"expected a {kind} whose id begins with {beginning!r}, found none", remedy=f"traffic {kind}s list"
        )
    if len(found) > 1:
        listed = ", ".join(found)
        raise StoreError(
            f"expected one {kind} whose id begins with {beginning!r}, found {listed}", remedy="give more of the id"
        )
    return found[0]
