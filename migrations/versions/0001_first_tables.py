"""The first tables: passages, crossings, violations, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["sequence"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )

    op.create_table(
        "passages",
        sa.Column("passage_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Text(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_pts_ns", sa.BigInteger(), nullable=False),
        sa.Column("end_pts_ns", sa.BigInteger(), nullable=False),
        sa.Column("vehicle_type", sa.Text(), nullable=False),
        sa.Column("vehicle_type_share", sa.Double(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("plate_text", sa.Text(), nullable=True),
        sa.Column("plate_probability", sa.Double(), nullable=True),
        sa.Column("plate_readings", sa.Integer(), nullable=True),
        sa.Column("speed_mps", sa.Double(), nullable=True),
        sa.Column("speed_standard_error_mps", sa.Double(), nullable=True),
        sa.Column("heading_deg", sa.Double(), nullable=True),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_passages")),
    )
    op.create_index("ix_passages_camera_id_started_at", "passages", ["camera_id", "started_at"])
    op.create_index("ix_passages_plate_text", "passages", ["plate_text"])
    op.create_index("ix_passages_started_at", "passages", ["started_at"])
    op.create_index("ix_passages_vehicle_type_started_at", "passages", ["vehicle_type", "started_at"])

    op.create_table(
        "crossings",
        sa.Column("passage_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("pts_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.passage_id"], name=op.f("fk_crossings_passage_id_passages")),
        sa.PrimaryKeyConstraint("passage_id", "position", name=op.f("pk_crossings")),
    )
    op.create_index("ix_crossings_line_direction", "crossings", ["line", "direction"])

    op.create_table(
        "violations",
        sa.Column("violation_id", sa.String(length=36), nullable=False),
        sa.Column("passage_id", sa.String(length=36), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pts_ns", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("evidence_path", sa.Text(), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("evidence_size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.passage_id"], name=op.f("fk_violations_passage_id_passages")
        ),
        sa.PrimaryKeyConstraint("violation_id", name=op.f("pk_violations")),
    )
    op.create_index("ix_violations_camera_id_occurred_at", "violations", ["camera_id", "occurred_at"])
    op.create_index("ix_violations_occurred_at", "violations", ["occurred_at"])
    op.create_index("ix_violations_passage_id", "violations", ["passage_id"])
    op.create_index("ix_violations_rule_occurred_at", "violations", ["rule", "occurred_at"])


def downgrade() -> None:
    op.drop_table("violations")
    op.drop_table("crossings")
    op.drop_table("passages")
    op.drop_table("outbox")
