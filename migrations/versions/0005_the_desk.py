"""the desk: lists handed in, institutions with accounts and keys, answers given to machines

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROLES = ("student", "champion", "coordinator", "manager")


def upgrade() -> None:
    """Apply."""
    _set_roles(*ROLES, "admissions")
    _make_institutions()
    _make_api()
    _make_desk()


def downgrade() -> None:
    """Take back: admissions accounts go, as the older release knows no such role."""
    for table in ("api_answers", "desk_rows", "desk_batches", "api_keys", "officers", "institutions"):
        op.drop_table(table)
    op.execute("DELETE FROM accounts WHERE role = 'admissions'")
    _set_roles(*ROLES)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _set_roles(*roles: str) -> None:
    """Let the column hold these roles. SQLite has no statement for it, but a place where it is written."""
    listed = ", ".join(f"'{role}'" for role in roles)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_accounts_role"), "accounts", type_="check")
        op.create_check_constraint(op.f("ck_accounts_role"), "accounts", f"role IN ({listed})")
        return
    with op.batch_alter_table("accounts", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(20), type_=_choice("role", *roles))


def _make_institutions() -> None:
    op.create_table(
        "institutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _time("made_at"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_institutions_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("reference", name=op.f("uq_institutions_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_institutions_slug")),
    )
    op.create_table(
        "officers",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_officers_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_officers_institution_id_institutions")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_officers")),
    )
    op.create_index(op.f("ix_officers_institution_id"), "officers", ["institution_id"])


def _make_api() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        _time("made_at"),
        _time("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_api_keys_institution_id_institutions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_index(op.f("ix_api_keys_institution_id"), "api_keys", ["institution_id"])
    op.create_table(
        "api_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        _time("begun_at"),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_api_answers_api_key_id_api_keys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answers")),
        sa.UniqueConstraint("api_key_id", "key", name=op.f("uq_api_answers_api_key_id_key")),
    )
    op.create_index(op.f("ix_api_answers_begun_at"), "api_answers", ["begun_at"])


def _make_desk() -> None:
    op.create_table(
        "desk_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("kind", _choice("desk_batch_kind", "table", "files"), nullable=False),
        sa.Column(
            "state", _choice("desk_batch_state", "received", "done", "failed", "purged"), nullable=False
        ),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        _time("made_at"),
        _time("done_at", nullable=True),
        _time("purge_at"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_desk_batches_institution_id_institutions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_batches")),
        sa.UniqueConstraint("reference", name=op.f("uq_desk_batches_reference")),
    )
    op.create_index(op.f("ix_desk_batches_institution_id"), "desk_batches", ["institution_id"])
    op.create_index("ix_desk_batches_state_purge_at", "desk_batches", ["state", "purge_at"])
    op.create_table(
        "desk_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _choice("desk_row_state", "waiting", "claimed", "done", "failed"), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        _time("claimed_at", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cells", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("shown_in", _choice("desk_group", "found", "attention", "not-found"), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["desk_batches.id"], name=op.f("fk_desk_rows_batch_id_desk_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_rows")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_desk_rows_batch_id_number")),
    )
    op.create_index("ix_desk_rows_state_batch_id", "desk_rows", ["state", "batch_id"])
