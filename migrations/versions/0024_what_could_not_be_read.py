"""The desk shows files that could not be read, or are of a kind that is not checked, in a place of their own.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATES = ("waiting", "claimed", "done", "failed")
BEFORE = ("found", "attention", "not-found")


def upgrade() -> None:
    """Apply."""
    _set_groups(*BEFORE, "unread")


def downgrade() -> None:
    """Undo: what could not be read needs attention, as before."""
    op.execute("UPDATE desk_rows SET shown_in = 'attention' WHERE shown_in = 'unread'")
    _set_groups(*BEFORE)


def _set_groups(*groups: str) -> None:
    """Let the column hold these groups. SQLite has no statement for it, but a place where it is written."""
    listed = ", ".join(f"'{group}'" for group in groups)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_desk_rows_desk_group"), "desk_rows", type_="check")
        op.create_check_constraint(op.f("ck_desk_rows_desk_group"), "desk_rows", f"shown_in IN ({listed})")
        return
    with op.batch_alter_table("desk_rows", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("shown_in", existing_type=sa.String(20), type_=_choice("desk_group", *groups))
        # the table is written again, and its other check with it
        batch_op.alter_column("state", existing_type=sa.String(20), type_=_choice("desk_row_state", *STATES))


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
