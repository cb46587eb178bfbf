"""holds and withdrawals

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'asked'")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("replaced_by_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_credentials_endorsement_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_credentials_endorsement_id_edition"), ["endorsement_id", "edition"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_credentials_replaced_by_id_credentials"), "credentials", ["replaced_by_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_credentials_replaced_by_id"), ["replaced_by_id"], unique=False)
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.alter_column("edition", server_default=None)
    with op.batch_alter_table("status_changes") as batch_op:
        batch_op.add_column(sa.Column("ground", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("status_changes") as batch_op:
        batch_op.alter_column("ground", server_default=None)
    _make_withdrawals()
    _make_looks()


def _make_withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "confirmed",
                "refused",
                "cancelled",
                "overtaken",
                name="withdrawal_state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR decided_by_id <> asked_by_id",
            name=op.f("ck_withdrawals_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_withdrawals_asked_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_withdrawals_credential_id_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_withdrawals_decided_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("reference", name=op.f("uq_withdrawals_reference")),
    )
    with op.batch_alter_table("withdrawals") as batch_op:
        batch_op.create_index(batch_op.f("ix_withdrawals_credential_id"), ["credential_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_withdrawals_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_withdrawals_one_open",
            ["credential_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def _make_looks() -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_looks_actor_id_accounts")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_looks_credential_id_credentials")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.account_id"], name=op.f("fk_looks_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    with op.batch_alter_table("looks") as batch_op:
        batch_op.create_index("ix_looks_student_id_at", ["student_id", "at"], unique=False)


def downgrade() -> None:
    """Take back. Raises RuntimeError where an entry was corrected: the older form has no place for two.

    To leave the older one out would take its bit out of the status list, and its copies would pass again.
    """
    corrected = sa.text("SELECT count(*) FROM credentials WHERE edition > 0")
    if op.get_bind().execute(corrected).scalar():
        raise RuntimeError("entries were corrected: restore a backup to go back to the older release")
    op.drop_table("looks")
    op.drop_table("withdrawals")
    with op.batch_alter_table("status_changes") as batch_op:
        batch_op.drop_column("ground")
    with op.batch_alter_table("credentials") as batch_op:
        batch_op.drop_index(batch_op.f("ix_credentials_replaced_by_id"))
        batch_op.drop_constraint(batch_op.f("fk_credentials_replaced_by_id_credentials"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_credentials_endorsement_id_edition"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_credentials_endorsement_id"), ["endorsement_id"])
        batch_op.drop_column("replaced_by_id")
        batch_op.drop_column("edition")
