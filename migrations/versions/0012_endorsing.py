"""endorsing

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _make_closed_days()


def _make_closed_days() -> None:
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_closed_days_in_order")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_closed_days_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sa.UniqueConstraint("reference", name=op.f("uq_closed_days_reference")),
    )
    with op.batch_alter_table("closed_days") as batch_op:
        batch_op.create_index(batch_op.f("ix_closed_days_programme_id"), ["programme_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("closed_days")
