"""Plates with their format and what is searched by; pictures of passages; list hits; transits of sections."""

import sqlalchemy as sa
import structlog
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOLDED = {"OQD": "0", "7I": "1", "Z": "2", "A": "4", "S": "5", "CG": "6", "B": "8", "HNW": "M", "K": "X"} | {
    "R": "P",
    "F": "E",
    "V": "U",
    "T": "Y",
}
"""traffic/plates/confusions.py as it was."""
PASSAGE_COLUMNS = (
    ("plate_country", sa.Text()),
    ("plate_format", sa.Text()),
    ("plate_certain", sa.Boolean()),
    ("plate_alternatives", sa.JSON()),
    ("plate_skeleton", sa.Text()),
    ("plate_hash", sa.String(length=64)),
    ("picture_path", sa.Text()),
    ("picture_sha256", sa.String(length=64)),
    ("picture_size_bytes", sa.BigInteger()),
)
TRIGRAM_COLUMNS = ("plate_text", "plate_skeleton")


def upgrade() -> None:
    for name, kind in PASSAGE_COLUMNS:
        op.add_column("passages", sa.Column(name, kind, nullable=True))
    passages = sa.table("passages", sa.column("plate_text", sa.Text), sa.column("plate_skeleton", sa.Text))
    op.execute(passages.update().values(plate_skeleton=skeleton(passages.c.plate_text)))
    op.create_index("ix_passages_plate_skeleton", "passages", ["plate_skeleton"])
    op.create_index(
        "ix_passages_plate_hash",
        "passages",
        ["plate_hash"],
        sqlite_where=sa.text("plate_hash IS NOT NULL"),
        postgresql_where=sa.text("plate_hash IS NOT NULL"),
    )

    op.create_table(
        "hits",
        sa.Column("hit_id", sa.String(length=36), nullable=False),
        sa.Column("passage_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("match", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.passage_id"], name=op.f("fk_hits_passage_id_passages")),
        sa.PrimaryKeyConstraint("hit_id", name=op.f("pk_hits")),
    )
    op.create_index("ix_hits_list_name_occurred_at", "hits", ["list_name", "occurred_at"])
    op.create_index("ix_hits_occurred_at", "hits", ["occurred_at"])
    op.create_index("ix_hits_passage_id", "hits", ["passage_id"])

    op.create_table(
        "transits",
        sa.Column("transit_id", sa.String(length=36), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("entry_passage_id", sa.String(length=36), nullable=False),
        sa.Column("exit_passage_id", sa.String(length=36), nullable=False),
        sa.Column("plate_text", sa.Text(), nullable=True),
        sa.Column("plate_hash", sa.String(length=64), nullable=True),
        sa.Column("match", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("speed_mps", sa.Double(), nullable=False),
        sa.Column("standard_error_mps", sa.Double(), nullable=False),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("violation_id", sa.String(length=36), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_passage_id"], ["passages.passage_id"], name=op.f("fk_transits_entry_passage_id_passages")
        ),
        sa.ForeignKeyConstraint(
            ["exit_passage_id"], ["passages.passage_id"], name=op.f("fk_transits_exit_passage_id_passages")
        ),
        sa.ForeignKeyConstraint(
            ["violation_id"], ["violations.violation_id"], name=op.f("fk_transits_violation_id_violations")
        ),
        sa.PrimaryKeyConstraint("transit_id", name=op.f("pk_transits")),
        sa.UniqueConstraint("section", "exit_passage_id", name=op.f("uq_transits_section_exit_passage_id")),
    )
    op.create_index("ix_transits_section_left_at", "transits", ["section", "left_at"])
    for name in ("left_at", "entry_passage_id", "exit_passage_id", "violation_id"):
        op.create_index(f"ix_transits_{name}", "transits", [name])
    op.create_table(
        "withdrawn_transits",
        sa.Column("transit_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("transit_id", name=op.f("pk_withdrawn_transits")),
    )
    if op.get_bind().dialect.name == "postgresql":
        create_trigram_indexes(op.get_bind())


def skeleton(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """SQL that folds look-alikes, for both databases; null stays null."""
    for letters, stands in FOLDED.items():
        for letter in letters:
            text = sa.func.replace(text, letter, stands)
    return text


def create_trigram_indexes(connection: sa.Connection) -> None:
    """With them a pattern like `*23*` need not read every plate; without the extension it does."""
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError as error:
        structlog.get_logger(__name__).warning(
            "without PostgreSQL's extension pg_trgm a plate that begins with a wildcard is sought among all of them",
            came=str(error.orig).strip(),
            remedy="; ".join(
                ["let an administrator run: CREATE EXTENSION pg_trgm", *map(create_index, TRIGRAM_COLUMNS)]
            ),
        )
        return
    find = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
    schema = connection.execute(sa.text(f"{find} WHERE extname = 'pg_trgm'")).scalar_one()
    for column in TRIGRAM_COLUMNS:
        op.execute(create_index(column, schema))


def create_index(column: str, schema: str = "public") -> str:
    return f"CREATE INDEX ix_passages_{column}_trigrams ON passages USING gin ({column} {schema}.gin_trgm_ops)"


def downgrade() -> None:
    op.drop_table("withdrawn_transits")
    op.drop_table("transits")
    op.drop_table("hits")
    if op.get_bind().dialect.name == "postgresql":
        for column in TRIGRAM_COLUMNS:
            op.execute(f"DROP INDEX IF EXISTS ix_passages_{column}_trigrams")
    op.drop_index("ix_passages_plate_hash", "passages")
    op.drop_index("ix_passages_plate_skeleton", "passages")
    for name, _ in reversed(PASSAGE_COLUMNS):
        op.drop_column("passages", name)
