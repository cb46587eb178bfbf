"""printing: what a school may print, and batches of paper

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("shares") as batch_op:
        batch_op.add_column(sa.Column("for_school", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("shares") as batch_op:
        batch_op.alter_column("for_school", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "prints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "done",
                "failed",
                "purged",
                name="print_state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("grey", sa.Boolean(), nullable=False),
        sa.Column("phrases", sa.String(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_prints_asked_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_prints_school_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prints")),
        sa.UniqueConstraint("reference", name=op.f("uq_prints_reference")),
    )
    with op.batch_alter_table("prints") as batch_op:
        batch_op.create_index(batch_op.f("ix_prints_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prints_state"), ["state"], unique=False)
    op.create_table(
        "print_sheets",
        sa.Column("print_id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["print_id"], ["prints.id"], name=op.f("fk_print_sheets_print_id_prints")),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_print_sheets_share_id_shares")),
        sa.PrimaryKeyConstraint("print_id", "share_id", name=op.f("pk_print_sheets")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("print_sheets")
    op.drop_table("prints")
    with op.batch_alter_table("shares") as batch_op:
        batch_op.drop_column("for_school")
