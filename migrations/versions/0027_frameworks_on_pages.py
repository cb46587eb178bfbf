"""Frameworks are drafted, commented on, signed off and aligned with others on pages.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = ("draft", "published", "retired")
NOW = ("draft", "in_review", "signed_off", "published", "retired")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply. Skills stand in the order of their numbers, as before."""
    with op.batch_alter_table("framework_versions") as batch_op:
        batch_op.add_column(sa.Column("retired_at", TIME))
        batch_op.add_column(sa.Column("based_on_id", sa.Integer()))
        batch_op.add_column(sa.Column("made_by_id", sa.Integer()))
        batch_op.add_column(sa.Column("made_at", TIME))
        batch_op.create_foreign_key(
            op.f("fk_framework_versions_based_on_id_framework_versions"),
            "framework_versions",
            ["based_on_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            op.f("fk_framework_versions_made_by_id_accounts"), "accounts", ["made_by_id"], ["id"]
        )
    _set_states(*NOW)
    with op.batch_alter_table("skills") as batch_op:
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE skills SET place = number")
    with op.batch_alter_table("skills") as batch_op:
        batch_op.alter_column("place", existing_type=sa.Integer(), server_default=None)
    _add_tables()


def downgrade() -> None:
    """Undo: what is in review or signed off is a draft again."""
    op.drop_table("framework_sign_offs")
    op.drop_table("framework_comments")
    op.drop_table("skill_alignments")
    with op.batch_alter_table("skills") as batch_op:
        batch_op.drop_column("place")
    op.execute("UPDATE framework_versions SET state = 'draft' WHERE state IN ('in_review', 'signed_off')")
    _set_states(*BEFORE)
    with op.batch_alter_table("framework_versions") as batch_op:
        batch_op.drop_constraint(
            op.f("fk_framework_versions_based_on_id_framework_versions"), type_="foreignkey"
        )
        batch_op.drop_constraint(op.f("fk_framework_versions_made_by_id_accounts"), type_="foreignkey")
        for name in ("retired_at", "based_on_id", "made_by_id", "made_at"):
            batch_op.drop_column(name)


def _set_states(*states: str) -> None:
    """Let a version be in these states."""
    if op.get_bind().dialect.name == "postgresql":
        listed = ", ".join(f"'{state}'" for state in states)
        name = op.f("ck_framework_versions_framework_state")
        op.drop_constraint(name, "framework_versions", type_="check")
        op.create_check_constraint(name, "framework_versions", f"state IN ({listed})")
        return
    with op.batch_alter_table("framework_versions", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("state", existing_type=sa.String(20), type_=_choice("framework_state", *states))


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _add_tables() -> None:
    op.create_table(
        "skill_alignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_alignments_skill_id_skills")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_alignments")),
        sa.UniqueConstraint("reference", name=op.f("uq_skill_alignments_reference")),
        sa.UniqueConstraint("skill_id", "url", name=op.f("uq_skill_alignments_skill_id_url")),
    )
    op.create_table(
        "framework_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("skill_number", sa.Integer()),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("resolved_by_id", sa.Integer()),
        sa.Column("resolved_at", TIME),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)",
            name=op.f("ck_framework_comments_resolved_by_somebody"),
        ),
        _refers("framework_comments", "version_id", "framework_versions"),
        _refers("framework_comments", "author_id", "accounts"),
        _refers("framework_comments", "resolved_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_comments")),
        sa.UniqueConstraint("reference", name=op.f("uq_framework_comments_reference")),
    )
    op.create_index(op.f("ix_framework_comments_version_id"), "framework_comments", ["version_id"])
    op.create_table(
        "framework_sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("side", _choice("side", "employer", "school"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("signed_at", TIME, nullable=False),
        sa.Column("taken_back_at", TIME),
        _refers("framework_sign_offs", "version_id", "framework_versions"),
        _refers("framework_sign_offs", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_sign_offs")),
        sa.UniqueConstraint("reference", name=op.f("uq_framework_sign_offs_reference")),
    )
    op.create_index(op.f("ix_framework_sign_offs_version_id"), "framework_sign_offs", ["version_id"])
    for name, column in (("one_of_a_side", "side"), ("one_of_a_person", "account_id")):
        op.create_index(
            f"uq_framework_sign_offs_{name}",
            "framework_sign_offs",
            ["version_id", column],
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
