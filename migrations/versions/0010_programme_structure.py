"""programme structure

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIGNS = "23456789BCDFGHJKMNPQRSTVWXZ"
STATES = ("invited", "active", "paused", "completed", "withdrawn", "transferred")
NOT_ENDED = sa.text("ended_at IS NULL")
OPEN = sa.text("state IN ('asked', 'approved')")


def one_of(*values: str, name: str) -> sa.Enum:
    """A column that holds one of these."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Apply."""
    _give_references("sectors")
    with op.batch_alter_table("sectors") as batch_op:
        batch_op.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    _make_cohorts()
    _enrol()
    _make_school_sectors()
    _make_employer_requests()
    _make_suspensions()
    _let_attachments_end()


def downgrade() -> None:
    """Take back: attachments that were ended early are deleted, as the older release would revive them."""
    op.execute("DELETE FROM attachments WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.drop_index("uq_attachments_one_from_a_day")
        batch_op.drop_constraint(op.f("uq_attachments_reference"), type_="unique")
        batch_op.drop_column("reference")
        batch_op.drop_column("ended_at")
        batch_op.create_unique_constraint(
            op.f("uq_attachments_champion_id_school_id_since"), ["champion_id", "school_id", "since"]
        )
    for table, indexes in (
        ("suspensions", ["ix_suspensions_account_id"]),
        ("employer_requests", ["ix_employer_requests_programme_id", "uq_employer_requests_one_open"]),
        ("school_sectors", ["ix_school_sectors_school_id"]),
        ("enrolment_changes", ["ix_enrolment_changes_student_id"]),
    ):
        for index in indexes:
            op.drop_index(index, table_name=table)
        op.drop_table(table)
    with op.batch_alter_table("students") as batch_op:
        batch_op.drop_index(op.f("ix_students_cohort_id"))
        batch_op.drop_constraint(op.f("fk_students_cohort_id_cohorts"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_students_enrolment"), type_="check")
        batch_op.drop_column("cohort_id")
        batch_op.drop_column("enrolment")
    op.drop_table("cohorts")
    with op.batch_alter_table("sectors") as batch_op:
        batch_op.drop_constraint(op.f("uq_sectors_reference"), type_="unique")
        batch_op.drop_column("retired_at")
        batch_op.drop_column("reference")


def _give_references(table: str) -> None:
    """A random name for addresses, for each row that is there."""
    with op.batch_alter_table(table) as batch_op:
        batch_op.add_column(sa.Column("reference", sa.String(), nullable=True))
    here = op.get_bind()
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column("reference", sa.String))
    for (number,) in here.execute(sa.select(rows.c.id)).all():
        name = "".join(secrets.choice(SIGNS) for _ in range(10))
        here.execute(sa.update(rows).where(rows.c.id == number).values(reference=name))
    with op.batch_alter_table(table) as batch_op:
        batch_op.alter_column("reference", existing_type=sa.String(), nullable=False)
        batch_op.create_unique_constraint(op.f(f"uq_{table}_reference"), ["reference"])


def _make_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_cohorts_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_cohorts_sector_id_sectors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_cohorts_programme_id_name")),
        sa.UniqueConstraint("reference", name=op.f("uq_cohorts_reference")),
    )


def _enrol() -> None:
    """The person who is there already is active."""
    with op.batch_alter_table("students") as batch_op:
        batch_op.add_column(
            sa.Column("enrolment", one_of(*STATES, name="enrolment"), nullable=False, server_default="active")
        )
        batch_op.add_column(sa.Column("cohort_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_students_cohort_id_cohorts"), "cohorts", ["cohort_id"], ["id"])
        batch_op.create_index(op.f("ix_students_cohort_id"), ["cohort_id"], unique=False)
    with op.batch_alter_table("students") as batch_op:
        batch_op.alter_column("enrolment", existing_type=sa.String(20), server_default=None)
    op.create_table(
        "enrolment_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("state", one_of(*STATES, name="enrolment_state"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_enrolment_changes_actor_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_enrolment_changes_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.account_id"], name=op.f("fk_enrolment_changes_student_id_students")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_changes")),
    )
    op.create_index(op.f("ix_enrolment_changes_student_id"), "enrolment_changes", ["student_id"])


def _make_school_sectors() -> None:
    op.create_table(
        "school_sectors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_school_sectors_in_order")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_sectors_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_school_sectors_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_sectors")),
        sa.UniqueConstraint("reference", name=op.f("uq_school_sectors_reference")),
    )
    op.create_index(op.f("ix_school_sectors_school_id"), "school_sectors", ["school_id"])


def _make_employer_requests() -> None:
    op.create_table(
        "employer_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("begin", "end", name="employer_request_kind"), nullable=False),
        sa.Column(
            "state",
            one_of("asked", "approved", "done", "refused", "cancelled", name="employer_request_state"),
            nullable=False,
        ),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'done', 'refused') OR decided_by_id <> asked_by_id",
            name=op.f("ck_employer_requests_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_employer_requests_asked_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_employer_requests_decided_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_employer_requests_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["sector_id"], ["sectors.id"], name=op.f("fk_employer_requests_sector_id_sectors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_requests")),
        sa.UniqueConstraint("reference", name=op.f("uq_employer_requests_reference")),
    )
    op.create_index(op.f("ix_employer_requests_programme_id"), "employer_requests", ["programme_id"])
    op.create_index(
        "uq_employer_requests_one_open",
        "employer_requests",
        ["slug"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _make_suspensions() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_by_id", sa.Integer(), nullable=False),
        sa.Column("readmitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readmitted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_suspensions_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["readmitted_by_id"], ["accounts.id"], name=op.f("fk_suspensions_readmitted_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["suspended_by_id"], ["accounts.id"], name=op.f("fk_suspensions_suspended_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
    )
    op.create_index(op.f("ix_suspensions_account_id"), "suspensions", ["account_id"])


def _let_attachments_end() -> None:
    """An attachment that was ended may begin again on the day on which it had begun."""
    _give_references("attachments")
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("uq_attachments_champion_id_school_id_since"), type_="unique")
    op.create_index(
        "uq_attachments_one_from_a_day",
        "attachments",
        ["champion_id", "school_id", "since"],
        unique=True,
        sqlite_where=NOT_ENDED,
        postgresql_where=NOT_ENDED,
    )
