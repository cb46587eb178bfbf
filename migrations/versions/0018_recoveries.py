"""Recoveries after a restored backup: begun publications, kept bits, and lists that are closed.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("open_slot", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("open_slot", name=op.f("uq_recoveries_open_slot")),
        sa.UniqueConstraint("reference", name=op.f("uq_recoveries_reference")),
    )
    op.create_table(
        "publications",
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_number"], ["status_lists.number"], name=op.f("fk_publications_list_number_status_lists")
        ),
        sa.PrimaryKeyConstraint("list_number", "at", name=op.f("pk_publications")),
    )
    op.create_table(
        "kept_bits",
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["position_id"], ["status_positions.id"], name=op.f("fk_kept_bits_position_id_status_positions")
        ),
        sa.PrimaryKeyConstraint("position_id", "purpose", name=op.f("pk_kept_bits")),
    )
    with op.batch_alter_table("status_lists") as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("status_lists") as batch_op:
        batch_op.drop_column("closed_at")
    op.drop_table("kept_bits")
    op.drop_table("publications")
    op.drop_table("recoveries")
