"""roles and looks

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OLD_ROLES = ("student", "champion", "coordinator", "manager", "admissions")
NEW_ROLES = ("lead", "author", "organiser", "steering")
NEWCOMER = sa.text("state = 'proposed' AND account_id IS NULL")
OPEN = sa.text("state IN ('proposed', 'granted')")


def upgrade() -> None:
    """Apply."""
    _set_roles(*OLD_ROLES, *NEW_ROLES)
    with op.batch_alter_table("looks") as batch_op:
        batch_op.alter_column("credential_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("evidence_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(
            op.f("fk_looks_evidence_id_evidence"), "evidence", ["evidence_id"], ["id"]
        )
    with op.batch_alter_table("looks") as batch_op:
        batch_op.alter_column("reason", server_default=None)
    _make_grants()


def _make_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("role", _choice("granted_role", *OLD_ROLES, *NEW_ROLES), nullable=False),
        sa.Column("state", _choice("grant_state", "proposed", "granted", "ended"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "proposed_by_id <> account_id AND (confirmed_by_id IS NULL"
            " OR (confirmed_by_id <> proposed_by_id AND confirmed_by_id <> account_id))",
            name=op.f("ck_role_grants_two_people"),
        ),
        sa.CheckConstraint(
            "state <> 'granted' OR confirmed_by_id IS NOT NULL", name=op.f("ck_role_grants_confirmed")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["accounts.id"], name=op.f(f"fk_role_grants_{name}_accounts"))
            for name in ("account_id", "proposed_by_id", "confirmed_by_id", "ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_role_grants_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_role_grants_school_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint("reference", name=op.f("uq_role_grants_reference")),
    )
    op.create_index(
        "uq_role_grants_one_open",
        "role_grants",
        ["account_id", "role"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "uq_role_grants_one_newcomer",
        "role_grants",
        ["email"],
        unique=True,
        sqlite_where=NEWCOMER,
        postgresql_where=NEWCOMER,
    )
    op.create_index(op.f("ix_role_grants_programme_id"), "role_grants", ["programme_id"])


def downgrade() -> None:
    """Take back: an account of a role that the older release does not know is suspended, with no school."""
    op.drop_table("role_grants")
    op.execute("DELETE FROM looks WHERE credential_id IS NULL")
    with op.batch_alter_table("looks") as batch_op:
        batch_op.drop_constraint(op.f("fk_looks_evidence_id_evidence"), type_="foreignkey")
        batch_op.drop_column("reason")
        batch_op.drop_column("evidence_id")
        batch_op.alter_column("credential_id", existing_type=sa.Integer(), nullable=False)
    accounts = sa.table("accounts", sa.column("id"), sa.column("role"), sa.column("suspended_at"))
    staff = sa.table("staff", sa.column("account_id"))
    unknown = accounts.c.role.in_(NEW_ROLES)
    op.execute(staff.delete().where(staff.c.account_id.in_(sa.select(accounts.c.id).where(unknown))))
    closed = {"role": "coordinator", "suspended_at": sa.func.current_timestamp()}
    op.execute(accounts.update().where(unknown).values(closed))
    _set_roles(*OLD_ROLES)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _set_roles(*roles: str) -> None:
    """Let the column hold these roles. SQLite has no statement for it, but a place where it is written."""
    listed = ", ".join(f"'{role}'" for role in roles)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_accounts_role"), "accounts", type_="check")
        op.create_check_constraint(op.f("ck_accounts_role"), "accounts", f"role IN ({listed})")
        return
    with op.batch_alter_table("accounts", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(20), type_=_choice("role", *roles))
