"""Tombstones of erased records; the database itself refuses any other change; on a server, rows follow the login."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEPT = (
    "seq", "form", "record_id", "version", "form_version", "level", "unit", "handling", "purpose_id", "review_date",
    "stored_at", "stored_by", "supersedes", "sha256",
)  # fmt: skip


def upgrade() -> None:
    """Add the columns, the rules and the members."""
    op.add_column("entry", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.add_column("entry", sa.Column("erased_by", sa.String(300)))
    op.add_column("entry", sa.Column("erased_reason", sa.Text))
    op.create_table(
        "member",
        sa.Column("login", sa.String(63), nullable=False),
        sa.Column("handling", sa.String(100), nullable=False),
        sa.Column("unit", sa.String(300), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("login", "handling"),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(sa.text(statement))


_SAID = "records are added, never changed; erase() leaves a tombstone"


def _tombstone(same: str) -> str:
    kept = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in KEPT)
    return f"(NEW.content IS NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND {kept})"


_SQLITE = (
    f"CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
    f"CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry WHEN NOT {_tombstone('IS')} "
    f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
    f"CREATE TRIGGER share_no_update BEFORE UPDATE ON share BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
    f"CREATE TRIGGER share_no_delete BEFORE DELETE ON share BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
)

# A version is seen when it, and the latest version of the same record, may be seen: a record that was made stricter
# must not show its older self. The functions look with the owner's eyes, for the login of the session.
_POSTGRESQL = (
    f"""CREATE FUNCTION entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'entry' THEN
    IF {_tombstone("IS NOT DISTINCT FROM")} THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '{_SAID}';
END $$""",
    "CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_is_kept()",
    "CREATE TRIGGER entry_whole BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION entry_is_kept()",
    "CREATE TRIGGER share_kept BEFORE UPDATE OR DELETE ON share FOR EACH ROW EXECUTE FUNCTION entry_is_kept()",
    "CREATE TRIGGER share_whole BEFORE TRUNCATE ON share FOR EACH STATEMENT EXECUTE FUNCTION entry_is_kept()",
    """CREATE FUNCTION may_see(seen_form text, seen_id text, seen_version integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
SELECT NOT EXISTS (
  SELECT 1 FROM entry v
  WHERE v.form = seen_form AND v.record_id = seen_id
    AND (v.version = seen_version OR v.version = (
      SELECT max(l.version) FROM entry l WHERE l.form = seen_form AND l.record_id = seen_id))
    AND NOT EXISTS (
      SELECT 1 FROM member m
      WHERE m.login = session_user AND m.handling = v.handling
        AND (v.unit = m.unit
          OR (v.level <= m.level AND (m.unit = '' OR starts_with(v.unit, m.unit || '/')))
          OR EXISTS (
            SELECT 1 FROM share s
            WHERE s.form = v.form AND s.record_id = v.record_id AND s.version = v.version
              AND (s.unit = m.unit OR starts_with(m.unit, s.unit || '/'))))))
$$""",
    """CREATE FUNCTION may_add(new_unit text, new_handling text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
SELECT EXISTS (
  SELECT 1 FROM member m
  WHERE m.login = session_user AND m.handling = new_handling
    AND (m.unit = '' OR new_unit = m.unit OR starts_with(new_unit, m.unit || '/')))
$$""",
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY entry_seen ON entry FOR SELECT USING (may_see(form, record_id, version))",
    "CREATE POLICY entry_added ON entry FOR INSERT WITH CHECK (may_add(unit, handling))",
    "ALTER TABLE share ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY share_seen ON share FOR SELECT USING (true)",
    """CREATE POLICY share_added ON share FOR INSERT WITH CHECK (EXISTS (
  SELECT 1 FROM entry e
  WHERE e.form = share.form AND e.record_id = share.record_id AND e.version = share.version
    AND may_add(e.unit, e.handling)))""",
)
