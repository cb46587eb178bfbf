"""What failed in jobs: how often, when it is tried again, and why.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JOBS = ("issue", "codes", "scan", "list", "print", "mail", "link")


def upgrade() -> None:
    job = sa.Enum(*JOBS, name="failed_job", native_enum=False, create_constraint=True, length=20)
    op.create_table(
        "failures",
        sa.Column("job", job, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", "number", name=op.f("pk_failures")),
    )


def downgrade() -> None:
    op.drop_table("failures")
