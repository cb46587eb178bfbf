"""Challenges of employers, and the classes that they reached.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    "proposed",
    "published",
    "closed",
    name="challenge_state",
    native_enum=False,
    create_constraint=True,
    length=20,
)


def upgrade() -> None:
    op.create_table(
        "employer_challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("brief", sa.String(), nullable=False),
        sa.Column("needed", sa.String(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_challenges")),
        sa.UniqueConstraint("reference", name=op.f("uq_employer_challenges_reference")),
        sa.UniqueConstraint("programme_id", "title", name=op.f("uq_employer_challenges_programme_id_title")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_employer_challenges_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employers.id"], name=op.f("fk_employer_challenges_employer_id_employers")
        ),
    )
    op.create_index(op.f("ix_employer_challenges_employer_id"), "employer_challenges", ["employer_id"])
    op.create_table(
        "employer_challenge_classes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("school_name", sa.String(), nullable=False),
        sa.Column("year_group", sa.Integer(), nullable=False),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_challenge_classes")),
        sa.UniqueConstraint(
            *("challenge_id", "held_on", "school_name", "year_group"),
            name="uq_employer_challenge_classes_once",
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["employer_challenges.id"],
            name=op.f("fk_employer_challenge_classes_challenge_id_employer_challenges"),
        ),
    )


def downgrade() -> None:
    op.drop_table("employer_challenge_classes")
    op.drop_table("employer_challenges")
