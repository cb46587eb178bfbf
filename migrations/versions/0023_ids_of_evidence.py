"""Each entry's evidence statement has an id of its own, which its endorsement is about.

Entries that are signed, or begun, keep the form that they have: no id.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.add_column(sa.Column("evidence_urn", sa.String(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_credentials_evidence_urn"), ["evidence_urn"])


def downgrade() -> None:
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_credentials_evidence_urn"), type_="unique")
        batch_op.drop_column("evidence_urn")
