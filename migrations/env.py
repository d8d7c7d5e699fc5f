"""Runs the migrations: on the connection that traffic.store hands over, or on the database of `alembic -x url=...`."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from traffic.store import tables as _all_tables  # noqa: F401
from traffic.store.base import Base
from traffic.store.database import migrating
from traffic.store.settings import DatabaseSettings


def run_migrations() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run_on(connection)
        return
    url = context.get_x_argument(as_dictionary=True).get("url")
    with migrating(DatabaseSettings(url=url) if url else DatabaseSettings()) as opened:
        run_on(opened)


def run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        include_name=include_name,
    )
    with context.begin_transaction():
        context.run_migrations()


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """PostgreSQL's trigram indexes are there only where its extension is: they belong to no table's definition."""
    return not (kind == "index" and name is not None and name.endswith("_trigrams"))


def render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Our column types as what they are made of: an old migration must not change with the code."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


run_migrations()
