"""How the case store lays records out in a database; the same on SQLite and PostgreSQL.

The record itself is its canonical text. The columns beside it are copies for finding and filtering; ``verify`` compares
them with the text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0002"
"""The revision of the schema that this version of the library reads and writes."""

KNOWN = ("0001", "0002")
METADATA = MetaData()

ENTRY = Table(
    "entry",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("form", String(60), nullable=False),
    Column("record_id", String(300), nullable=False),
    Column("version", Integer, nullable=False),
    Column("form_version", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("unit", String(300), nullable=False),
    Column("handling", String(100), nullable=False),
    Column("purpose_id", String(300)),
    Column("review_date", Date),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    Column("stored_by", String(300), nullable=False),
    Column("supersedes", String(64)),
    Column("sha256", String(64), nullable=False),
    Column("content", Text),
    Column("erased_at", DateTime(timezone=True)),
    Column("erased_by", String(300)),
    Column("erased_reason", Text),
    UniqueConstraint("form", "record_id", "version", name="one_of_each_version"),
    Index("entry_by_review", "review_date"),
    implicit_returning=False,
)

SHARE = Table(
    "share",
    METADATA,
    Column("form", String(60), nullable=False),
    Column("record_id", String(300), nullable=False),
    Column("version", Integer, nullable=False),
    Column("unit", String(300), nullable=False),
    PrimaryKeyConstraint("form", "record_id", "version", "unit"),
    ForeignKeyConstraint(
        ["form", "record_id", "version"],
        ["entry.form", "entry.record_id", "entry.version"],
        name="share_of_entry",
    ),
)

MEMBER = Table(
    "member",
    METADATA,
    Column("login", String(63), nullable=False),
    Column("handling", String(100), nullable=False),
    Column("unit", String(300), nullable=False),
    Column("level", Integer, nullable=False),
    PrimaryKeyConstraint("login", "handling"),
)
"""On a server: which login sees what, one row per handling code it may see."""
