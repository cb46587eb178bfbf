"""Attempts to sign in are counted under keyed hashes, and kept for days.

The rows of before are deleted: they are plain hashes of names and addresses, which can be guessed, and
nothing in them leads to the keyed ones. Counting begins again at zero, once.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Delete the plain hashes, and add the time at which a row goes."""
    op.execute("DELETE FROM attempts")
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.add_column(sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.drop_index(batch_op.f("ix_attempts_last_at"))
        batch_op.create_index(batch_op.f("ix_attempts_forget_at"), ["forget_at"], unique=False)


def downgrade() -> None:
    """Delete the keyed hashes: older code would never find them, and keep them for a year."""
    op.execute("DELETE FROM attempts")
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_forget_at"))
        batch_op.create_index(batch_op.f("ix_attempts_last_at"), ["last_at"], unique=False)
        batch_op.drop_column("forget_at")
