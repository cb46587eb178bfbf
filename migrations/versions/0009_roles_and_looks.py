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


def downgrade() -> None:
    """Take back: an account of a role that the older release does not know is suspended, with no school."""
    op.execute("DELETE FROM looks WHERE credential_id IS NULL")
    with op.batch_alter_table("looks") as batch_op:
        batch_op.drop_constraint(op.f("fk_looks_evidence_id_evidence"), type_="foreignkey")
        batch_op.drop_column("reason")
        batch_op.drop_column("evidence_id")
        batch_op.alter_column("credential_id", existing_type=sa.Integer(), nullable=False)
    unknown = ", ".join(f"'{role}'" for role in NEW_ROLES)
    op.execute(
        f"DELETE FROM staff WHERE account_id IN (SELECT id FROM accounts WHERE role IN ({unknown}))"  # noqa: S608 - ours
    )
    op.execute(
        "UPDATE accounts SET role = 'coordinator', suspended_at = CURRENT_TIMESTAMP"
        f" WHERE role IN ({unknown})"
    )
    _set_roles(*OLD_ROLES)


def _set_roles(*roles: str) -> None:
    """Let the column hold these roles. SQLite has no statement for it, but a place where it is written."""
    listed = ", ".join(f"'{role}'" for role in roles)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_accounts_role"), "accounts", type_="check")
        op.create_check_constraint(op.f("ck_accounts_role"), "accounts", f"role IN ({listed})")
        return
    kind = sa.Enum(*roles, name="role", native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table("accounts", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(20), type_=kind)
