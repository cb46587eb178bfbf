"""an entry of a share has a place and signed bytes of its own; checks are counted

Shares that are active get their compact forms from the next sweep.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

compact_state = sa.Enum(
    "waiting",
    "intended",
    "signed",
    "none",
    name="compact_state",
    native_enum=False,
    create_constraint=True,
    length=20,
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("status_positions") as batch_op:
        batch_op.add_column(sa.Column("for_share", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("status_positions") as batch_op:
        batch_op.alter_column("for_share", existing_type=sa.Boolean(), server_default=None)
        batch_op.create_index(
            "ix_status_positions_list_number_for_share", ["list_number", "for_share"], unique=False
        )
    with op.batch_alter_table("shares") as batch_op:
        batch_op.add_column(sa.Column("checks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("last_checked_on", sa.Date(), nullable=True))
    with op.batch_alter_table("shares") as batch_op:
        batch_op.alter_column("checks", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("share_credentials") as batch_op:
        batch_op.add_column(sa.Column("position_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("state", compact_state, nullable=False, server_default="waiting"))
        batch_op.add_column(sa.Column("kid", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("intent", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("compact", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("share_credentials") as batch_op:
        batch_op.alter_column("state", existing_type=compact_state, server_default=None)
        batch_op.create_unique_constraint(batch_op.f("uq_share_credentials_position_id"), ["position_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_share_credentials_position_id_status_positions"),
            "status_positions",
            ["position_id"],
            ["id"],
        )
        batch_op.create_foreign_key(batch_op.f("fk_share_credentials_kid_keys"), "keys", ["kid"], ["kid"])
        batch_op.create_index(batch_op.f("ix_share_credentials_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_credentials_kid"), ["kid"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("share_credentials") as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_credentials_kid"))
        batch_op.drop_index(batch_op.f("ix_share_credentials_state"))
        batch_op.drop_constraint(batch_op.f("fk_share_credentials_kid_keys"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_share_credentials_position_id_status_positions"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_share_credentials_position_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_share_credentials_compact_state"), type_="check")
        for column in ("compact", "intent", "kid", "state", "position_id"):
            batch_op.drop_column(column)
    with op.batch_alter_table("shares") as batch_op:
        batch_op.drop_column("last_checked_on")
        batch_op.drop_column("checks")
    with op.batch_alter_table("status_positions") as batch_op:
        batch_op.drop_index("ix_status_positions_list_number_for_share")
        batch_op.drop_column("for_share")
