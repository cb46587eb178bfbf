"""Students ask about their own data, and read the answer.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN = "state IN ('received', 'in_progress')"
KINDS = ("mistake", "staff notes", "erasure")
STATES = ("received", "in_progress", "done", "refused", "taken_back")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("privacy_request_kind", *KINDS), nullable=False),
        sa.Column("state", _choice("privacy_request_state", *STATES), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.account_id"], name=op.f("fk_privacy_requests_student_id_students")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["accounts.id"], name=op.f("fk_privacy_requests_prepared_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_privacy_requests_decided_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("reference", name=op.f("uq_privacy_requests_reference")),
    )
    op.create_index(op.f("ix_privacy_requests_student_id"), "privacy_requests", ["student_id"])
    op.create_index(op.f("ix_privacy_requests_state"), "privacy_requests", ["state"])
    op.create_index(
        "uq_privacy_requests_one_open",
        "privacy_requests",
        ["student_id", "kind"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("privacy_requests")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
