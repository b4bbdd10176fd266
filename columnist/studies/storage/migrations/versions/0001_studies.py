"""Tables of studies, and triggers that keep an opened study as it was registered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID, _SHA256, _TIME = sa.String(32), sa.String(64), sa.String(32)

# Per table: the event, when it is refused, and what is said then. DRAFT is replaced by the test for a study that is
# being opened, of the row's study.
_STUDY_OF = {
    "study": "{row}.study_id",
    "item": "{row}.study_id",
    "rater": "{row}.study_id",
    "text": "(SELECT study_id FROM item WHERE item.item_id = {row}.item_id)",
    "assignment": "(SELECT study_id FROM rater WHERE rater.rater_id = {row}.rater_id)",
    "ballot": "(SELECT study_id FROM rater WHERE rater.rater_id = {row}.rater_id)",
}
_BALLOT = (
    "ballot_id",
    "rater_id",
    "number",
    "item_id",
    "preference",
    "reason",
    "seconds",
    "created_at",
    "previous_sha256",
    "sha256",
)


def upgrade() -> None:
    """Make the tables and the triggers."""
    _make_design()
    _make_visits()
    _make_ballots()
    for table in ("item", "text", "rater", "assignment"):
        _refuse(table, "INSERT", f"{_state(table, 'NEW')} <> 'draft'", "nothing can be added to an opened study")
        _refuse(table, "UPDATE", "TRUE", "nothing in a study can change")
        _refuse(table, "DELETE", f"{_state(table, 'OLD')} <> 'draft'", "nothing can be taken from an opened study")
    allowed = (
        "NEW.study_id = OLD.study_id AND NEW.opened_at = OLD.opened_at AND OLD.closed_at IS NULL AND ("
        "(OLD.state = 'draft' AND NEW.state = 'open' AND NEW.closed_at IS NULL) OR "
        "(OLD.state = 'open' AND NEW.state = 'closed' AND NEW.closed_at IS NOT NULL))"
    )
    _refuse("study", "INSERT", "NEW.state <> 'draft'", "a study begins as a draft")
    _refuse("study", "UPDATE", f"NOT ({allowed})", "a study can only be opened and closed")
    _refuse("study", "DELETE", "OLD.state <> 'draft'", "an opened study cannot be removed")
    same = " AND ".join(f"NEW.{column} = OLD.{column}" for column in _BALLOT)
    # JSON has no equality in PostgreSQL; as text it is what was written.
    same += " AND CAST(NEW.marks AS TEXT) = CAST(OLD.marks AS TEXT)"
    undone = f"{same} AND OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL AND {_state('ballot', 'OLD')} = 'open'"
    _refuse("ballot", "INSERT", f"{_state('ballot', 'NEW')} <> 'open'", "the study takes no ballots")
    _refuse("ballot", "UPDATE", f"NOT ({undone})", "a ballot can only be undone, while its study is open")
    _refuse("ballot", "DELETE", "TRUE", "a ballot cannot be removed")


def _make_design() -> None:
    op.create_table(
        "study",
        sa.Column("study_id", _ID, primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name="study_state"),
    )
    op.create_table(
        "item",
        sa.Column("item_id", _ID, primary_key=True),
        sa.Column("study_id", _ID, sa.ForeignKey("study.study_id"), nullable=False),
        sa.Column("table_id", _ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("look", sa.Integer, nullable=False),
        sa.Column("ddl", sa.Text, nullable=False),
    )
    op.create_index("ix_item_study_id", "item", ["study_id"])
    op.create_table(
        "text",
        sa.Column("text_id", _ID, primary_key=True),
        sa.Column("item_id", _ID, sa.ForeignKey("item.item_id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("table_text", sa.Text, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.UniqueConstraint("item_id", "place", name="text_place"),
    )
    op.create_table(
        "rater",
        sa.Column("rater_id", _ID, primary_key=True),
        sa.Column("study_id", _ID, sa.ForeignKey("study.study_id"), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.UniqueConstraint("study_id", "label", name="rater_label"),
    )
    op.create_table(
        "assignment",
        sa.Column("rater_id", _ID, sa.ForeignKey("rater.rater_id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_id", _ID, sa.ForeignKey("item.item_id"), nullable=False),
        sa.Column("a_text_id", _ID, sa.ForeignKey("text.text_id"), nullable=False),
        sa.Column("b_text_id", _ID, sa.ForeignKey("text.text_id"), nullable=False),
        sa.UniqueConstraint("rater_id", "item_id", name="assignment_item"),
    )


def _make_visits() -> None:
    op.create_table(
        "invitation",
        sa.Column("token_hash", _SHA256, primary_key=True),
        sa.Column("rater_id", _ID, sa.ForeignKey("rater.rater_id"), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
    )
    op.create_index("ix_invitation_rater_id", "invitation", ["rater_id"])
    op.create_table(
        "session",
        sa.Column("session_hash", _SHA256, primary_key=True),
        sa.Column("rater_id", _ID, sa.ForeignKey("rater.rater_id"), nullable=False),
        sa.Column("token_hash", _SHA256, sa.ForeignKey("invitation.token_hash"), nullable=False),
        sa.Column("csrf_hash", _SHA256, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
    )
    op.create_index("ix_session_rater_id", "session", ["rater_id"])


def _make_ballots() -> None:
    op.create_table(
        "ballot",
        sa.Column("ballot_id", _ID, primary_key=True),
        sa.Column("rater_id", _ID, sa.ForeignKey("rater.rater_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("item_id", _ID, sa.ForeignKey("item.item_id"), nullable=False),
        sa.Column("preference", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("marks", sa.JSON, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("previous_sha256", _SHA256, nullable=False),
        sa.Column("sha256", _SHA256, nullable=False),
        sa.Column("undone_at", _TIME),
        sa.Column("undone_sha256", _SHA256),
        sa.UniqueConstraint("rater_id", "number", name="ballot_number"),
        sa.CheckConstraint("preference IN ('A', 'B', 'TIE', 'BOTH_BAD')", name="ballot_preference"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_sha256 IS NULL)", name="ballot_undone"),
    )
    active = sa.text("undone_at IS NULL")
    op.create_index(
        "ballot_active", "ballot", ["rater_id", "item_id"], unique=True, sqlite_where=active, postgresql_where=active
    )


def _state(table: str, row: str) -> str:
    if table == "study":
        return f"{row}.state"
    return f"(SELECT state FROM study WHERE study.study_id = {_STUDY_OF[table].format(row=row)})"


def _refuse(table: str, event: str, condition: str, message: str) -> None:
    """Make a trigger that refuses an event under a condition on the row."""
    name = f"{table}_{event.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} "
        f"THEN RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
