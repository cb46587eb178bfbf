"""Year rollovers, with what they changed about each student, so that they can be undone.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STATES = ("invited", "active", "paused", "completed", "withdrawn", "transferred")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rollovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_rollovers_school_id_schools")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name=op.f("fk_rollovers_made_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollovers")),
        sa.UniqueConstraint("reference", name=op.f("uq_rollovers_reference")),
    )
    op.create_index(op.f("ix_rollovers_school_id"), "rollovers", ["school_id"], unique=False)
    op.create_table(
        "rollover_steps",
        sa.Column("rollover_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("year_before", sa.Integer(), nullable=False),
        sa.Column("year_after", sa.Integer(), nullable=False),
        sa.Column("state_before", _states("rollover_state_before"), nullable=False),
        sa.Column("state_after", _states("rollover_state_after"), nullable=False),
        sa.ForeignKeyConstraint(
            ["rollover_id"], ["rollovers.id"], name=op.f("fk_rollover_steps_rollover_id_rollovers")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.account_id"], name=op.f("fk_rollover_steps_student_id_students")
        ),
        sa.PrimaryKeyConstraint("rollover_id", "student_id", name=op.f("pk_rollover_steps")),
    )
    op.create_index(op.f("ix_rollover_steps_student_id"), "rollover_steps", ["student_id"], unique=False)


def downgrade() -> None:
    """Undo: years stay where they are."""
    op.drop_table("rollover_steps")
    op.drop_table("rollovers")


def _states(name: str) -> sa.Enum:
    return sa.Enum(*STATES, name=name, native_enum=False, create_constraint=True, length=20)
