"""A digest that fails for one champion stops no other one's: its failure is recorded like other jobs'.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE = ("issue", "codes", "scan", "list", "print", "mail", "link")


def upgrade() -> None:
    """Apply."""
    _set_jobs(*BEFORE, "digest")


def downgrade() -> None:
    """Undo: the failed digests are forgotten, and tried again in an hour."""
    op.execute("DELETE FROM failures WHERE job = 'digest'")
    _set_jobs(*BEFORE)


def _set_jobs(*jobs: str) -> None:
    """Let the column hold these jobs. SQLite has no statement for it and writes the table again."""
    listed = ", ".join(f"'{job}'" for job in jobs)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_failures_failed_job"), "failures", type_="check")
        op.create_check_constraint(op.f("ck_failures_failed_job"), "failures", f"job IN ({listed})")
        return
    choice = sa.Enum(*jobs, name="failed_job", native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table("failures", recreate="always", table_args=()) as batch_op:
        batch_op.alter_column("job", existing_type=sa.String(20), type_=choice)
