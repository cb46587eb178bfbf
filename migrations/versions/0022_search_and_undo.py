"""Names are searched without accents and apostrophes; the time to undo an endorsement is kept in minutes.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from passport.openbadges.signed_texts import search_name

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ACCOUNTS = sa.table("accounts", sa.column("id"), sa.column("name"), sa.column("search_name"))
PROGRAMMES = sa.table("programmes", sa.column("undo_hours"), sa.column("undo_minutes"))


def upgrade() -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("search_name", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(ACCOUNTS.c.id, ACCOUNTS.c.name)).all():
        change = sa.update(ACCOUNTS).where(ACCOUNTS.c.id == row.id)
        connection.execute(change.values(search_name=search_name(row.name)))
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.alter_column("search_name", existing_type=sa.String(), server_default=None)
    with op.batch_alter_table("programmes") as batch_op:
        batch_op.add_column(sa.Column("undo_minutes", sa.Integer(), nullable=False, server_default="0"))
    connection.execute(sa.update(PROGRAMMES).values(undo_minutes=PROGRAMMES.c.undo_hours * 60))
    with op.batch_alter_table("programmes") as batch_op:
        batch_op.alter_column("undo_minutes", existing_type=sa.Integer(), server_default=None)
        batch_op.drop_column("undo_hours")


def downgrade() -> None:
    with op.batch_alter_table("programmes") as batch_op:
        batch_op.add_column(sa.Column("undo_hours", sa.Integer(), nullable=False, server_default="0"))
    # hours that were begun count whole: nothing is signed earlier than it was promised
    op.get_bind().execute(sa.update(PROGRAMMES).values(undo_hours=(PROGRAMMES.c.undo_minutes + 59) / 60))
    with op.batch_alter_table("programmes") as batch_op:
        batch_op.alter_column("undo_hours", existing_type=sa.Integer(), server_default=None)
        batch_op.drop_column("undo_minutes")
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_column("search_name")
