"""the page that wrote a draft last

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_on", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.alter_column("written_on", server_default=None)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_column("written_on")
