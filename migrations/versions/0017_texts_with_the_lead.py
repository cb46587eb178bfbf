"""Worries name whom they are about; a hold says who began it and whether only a safeguarding lead decides.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worry_subjects",
        sa.Column("worry_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_worry_subjects_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["worry_id"], ["worries.id"], name=op.f("fk_worry_subjects_worry_id_worries")
        ),
        sa.PrimaryKeyConstraint("worry_id", "account_id", name=op.f("pk_worry_subjects")),
    )
    with op.batch_alter_table("evidence_holds") as batch_op:
        batch_op.add_column(sa.Column("held_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("for_lead", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_holds_held_by_id_accounts"), "accounts", ["held_by_id"], ["id"]
        )
    with op.batch_alter_table("evidence_holds") as batch_op:
        batch_op.alter_column("for_lead", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("worries") as batch_op:
        batch_op.create_index(batch_op.f("ix_worries_evidence_id"), ["evidence_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("worries") as batch_op:
        batch_op.drop_index(batch_op.f("ix_worries_evidence_id"))
    with op.batch_alter_table("evidence_holds") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_holds_held_by_id_accounts"), type_="foreignkey")
        batch_op.drop_column("for_lead")
        batch_op.drop_column("held_by_id")
    op.drop_table("worry_subjects")
