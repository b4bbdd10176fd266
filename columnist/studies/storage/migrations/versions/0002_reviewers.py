"""Accounts and sessions of reviewers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY, _SHA256, _TIME = sa.String(400), sa.String(64), sa.String(32)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reviewer",
        sa.Column("name_key", _KEY, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("signed_in_at", _TIME),
    )
    op.create_table(
        "reviewer_session",
        sa.Column("session_hash", _SHA256, primary_key=True),
        sa.Column("name_key", _KEY, sa.ForeignKey("reviewer.name_key"), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
    )
    op.create_index("ix_reviewer_session_name_key", "reviewer_session", ["name_key"])
