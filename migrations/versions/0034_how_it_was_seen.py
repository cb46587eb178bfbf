"""A champion of another employer says how they came to see it.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Nobody was asked before."""
    op.add_column("endorsements", sa.Column("seen_as", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo: what was said is forgotten; the basis that was signed stays."""
    op.drop_column("endorsements", "seen_as")
