"""Imports of students, claims of two schools to one student, and the history of students' details.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE = ("issue", "codes", "scan", "list", "print", "mail", "link", "digest")
STATES = ("received", "compared", "confirmed", "done", "failed", "purged")
OUTCOMES = ("new", "changed", "unchanged", "duplicate", "claimed", "refused", "left-out")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "student_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("state", _choice("student_import_state", *STATES), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("student_imports", school_id="schools.id", made_by_id="accounts.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_imports")),
        sa.UniqueConstraint("reference", name=op.f("uq_student_imports_reference")),
    )
    op.create_table(
        "student_import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("outcome", _choice("student_import_outcome", *OUTCOMES), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("decision", _choice("student_import_decision", "same", "other", "out"), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        *_keys("student_import_rows", import_id="student_imports.id", student_id="students.account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_student_import_rows_import_id_number")),
    )
    op.create_table(
        "student_import_columns",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        *_keys("student_import_columns", school_id="schools.id"),
        sa.PrimaryKeyConstraint("school_id", "heading", name=op.f("pk_student_import_columns")),
    )
    op.create_table(
        "student_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", _choice("student_claim_decision", "moves", "stays", "separate"), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *_keys(
            "student_claims",
            school_id="schools.id",
            student_id="students.account_id",
            made_by_id="accounts.id",
            decided_by_id="accounts.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_claims")),
        sa.UniqueConstraint("reference", name=op.f("uq_student_claims_reference")),
        sa.UniqueConstraint("school_id", "student_id", name=op.f("uq_student_claims_school_id_student_id")),
    )
    op.create_table(
        "student_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.String(), nullable=False),
        *_keys(
            "student_changes",
            student_id="students.account_id",
            actor_id="accounts.id",
            school_id="schools.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_changes")),
    )
    for table, columns in (
        ("student_imports", ["school_id"]),
        ("student_imports", ["state", "purge_at"]),
        ("student_import_rows", ["import_id", "outcome"]),
        ("student_import_rows", ["import_id", "done"]),
        ("student_claims", ["student_id"]),
        ("student_changes", ["student_id"]),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, unique=False)
    _set_jobs(*BEFORE, "import")


def downgrade() -> None:
    """Undo: lists that were not worked on are forgotten, students stay."""
    op.execute("DELETE FROM failures WHERE job = 'import'")
    _set_jobs(*BEFORE)
    for table in (
        "student_changes",
        "student_claims",
        "student_import_columns",
        "student_import_rows",
        "student_imports",
    ):
        op.drop_table(table)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _keys(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [there], name=op.f(f"fk_{table}_{name}_{there.partition('.')[0]}"))
        for name, there in keys.items()
    ]


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
