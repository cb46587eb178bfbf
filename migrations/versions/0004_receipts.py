"""receipts of checks; tries to match a date of birth

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=True),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdicts", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_age", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["share_id"], ["shares.id"], name=op.f("fk_receipts_share_id_shares"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("number", name=op.f("uq_receipts_number")),
        sa.UniqueConstraint(
            "share_id", "minute", "verdicts", name=op.f("uq_receipts_share_id_minute_verdicts")
        ),
    )
    op.create_index(op.f("ix_receipts_checked_at"), "receipts", ["checked_at"], unique=False)
    op.create_table(
        "birthdate_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"], ["shares.id"], name=op.f("fk_birthdate_tries_share_id_shares"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_birthdate_tries")),
    )
    op.create_index(op.f("ix_birthdate_tries_share_id"), "birthdate_tries", ["share_id"], unique=False)
    op.create_index(op.f("ix_birthdate_tries_at"), "birthdate_tries", ["at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("birthdate_tries")
    op.drop_table("receipts")
