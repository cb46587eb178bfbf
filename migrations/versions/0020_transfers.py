"""Offers to move a student to another school, which the other school accepts.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    "offered",
    "accepted",
    "refused",
    "taken_back",
    "lapsed",
    name="transfer_state",
    native_enum=False,
    create_constraint=True,
    length=20,
)
KEYS = {
    "student_id": "students.account_id",
    "from_school_id": "schools.id",
    "to_school_id": "schools.id",
    "offered_by_id": "accounts.id",
    "decided_by_id": "accounts.id",
}


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("from_school_id", sa.Integer(), nullable=False),
        sa.Column("to_school_id", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_school_id <> to_school_id", name=op.f("ck_transfers_two_schools")),
        sa.CheckConstraint("(state = 'offered') = (decided_at IS NULL)", name=op.f("ck_transfers_decided")),
        *(
            sa.ForeignKeyConstraint(
                [name], [there], name=op.f(f"fk_transfers_{name}_{there.partition('.')[0]}")
            )
            for name, there in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("reference", name=op.f("uq_transfers_reference")),
    )
    is_open = sa.text("state = 'offered'")
    op.create_index(
        "uq_transfers_one_open",
        "transfers",
        ["student_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    for columns in (["state", "ends_at"], ["student_id"], ["from_school_id"], ["to_school_id"]):
        op.create_index(op.f(f"ix_transfers_{'_'.join(columns)}"), "transfers", columns, unique=False)


def downgrade() -> None:
    op.drop_table("transfers")
