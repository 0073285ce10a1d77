"""Entries (one per version of a record), and the units they are shared with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "entry",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("record_id", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("form_version", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(300), nullable=False),
        sa.Column("handling", sa.String(100), nullable=False),
        sa.Column("purpose_id", sa.String(300)),
        sa.Column("review_date", sa.Date),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.String(300), nullable=False),
        sa.Column("supersedes", sa.String(64)),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.Text),
        sa.UniqueConstraint("form", "record_id", "version", name="one_of_each_version"),
    )
    op.create_index("entry_by_review", "entry", ["review_date"])
    op.create_table(
        "share",
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("record_id", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("form", "record_id", "version", "unit"),
        sa.ForeignKeyConstraint(
            ["form", "record_id", "version"],
            ["entry.form", "entry.record_id", "entry.version"],
            name="share_of_entry",
        ),
    )
