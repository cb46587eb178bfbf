"""A code that was refused because of a wrong clock is not taken later, when its time comes.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("totp") as batch_op:
        batch_op.add_column(sa.Column("explained", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("totp") as batch_op:
        batch_op.alter_column("explained", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("totp") as batch_op:
        batch_op.drop_column("explained")
