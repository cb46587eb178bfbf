"""evidence files

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
OPEN = sa.text("outcome = 'open'")
STATES = "state IN ('draft', 'submitted', 'held', 'returned', 'endorsed', 'declined', 'removed')"


def upgrade() -> None:
    """Apply."""
    _extend_evidence()
    op.create_table(
        "screening_rules",
        _number("programme_id"),
        _text("text"),
        sa.Column("changed_at", TIME, nullable=False),
        _points("screening_rules", "programme_id", "programmes"),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_screening_rules")),
    )
    _make_holds()
    _make_files()
    _make_worries()


def _extend_evidence() -> None:
    with _evidence() as batch_op:
        batch_op.add_column(sa.Column("scribe_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("removed_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("purged_at", TIME, nullable=True))
        batch_op.create_foreign_key(op.f("fk_evidence_scribe_id_accounts"), "accounts", ["scribe_id"], ["id"])
    op.execute("UPDATE evidence SET removed_at = updated_at WHERE state = 'removed'")
    with op.batch_alter_table("evidence_versions") as batch_op:
        batch_op.add_column(sa.Column("scribed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("files", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("evidence_versions") as batch_op:
        batch_op.alter_column("scribed", server_default=None)
        batch_op.alter_column("files", server_default=None)


def _make_holds() -> None:
    op.create_table(
        "evidence_holds",
        _number("id"),
        _number("evidence_id"),
        _number("version"),
        sa.Column("cause", _choice("hold_cause", "screening", "staff", "worry"), nullable=False),
        _text("found"),
        sa.Column("held_at", TIME, nullable=False),
        sa.Column(
            "outcome", _choice("hold_outcome", "open", "released", "returned", "removed"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        _points("evidence_holds", "evidence_id", "evidence"),
        _points("evidence_holds", "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_holds")),
    )
    op.create_index("ix_evidence_holds_evidence_id_version", "evidence_holds", ["evidence_id", "version"])
    op.create_index(
        "uq_evidence_holds_one_open",
        "evidence_holds",
        ["evidence_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _make_files() -> None:
    op.create_table(
        "evidence_files",
        _number("id"),
        _text("reference"),
        _number("evidence_id"),
        sa.Column("kind", _choice("file_kind", "photo", "document"), nullable=False),
        sa.Column(
            "state",
            _choice("file_state", "waiting", "claimed", "clean", "refused", "purged"),
            nullable=False,
        ),
        _text("name"),
        _number("size"),
        _text("digest"),
        _text("why"),
        _number("attempts"),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("claimed_at", TIME, nullable=True),
        sa.Column("removed_at", TIME, nullable=True),
        _points("evidence_files", "evidence_id", "evidence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("reference", name=op.f("uq_evidence_files_reference")),
    )
    op.create_index(op.f("ix_evidence_files_evidence_id"), "evidence_files", ["evidence_id"])
    op.create_index("ix_evidence_files_state_claimed_at", "evidence_files", ["state", "claimed_at"])


def _make_worries() -> None:
    op.create_table(
        "worries",
        _number("id"),
        _text("reference"),
        _number("school_id"),
        _number("student_id"),
        _number("evidence_id"),
        _number("version"),
        _number("raised_by_id"),
        sa.Column("state", _choice("worry_state", "raised", "acknowledged", "closed"), nullable=False),
        _text("words"),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        _points("worries", "school_id", "schools"),
        _points("worries", "student_id", "students", "account_id"),
        _points("worries", "evidence_id", "evidence"),
        _points("worries", "raised_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worries")),
        sa.UniqueConstraint("reference", name=op.f("uq_worries_reference")),
    )
    op.create_index("ix_worries_school_id_state", "worries", ["school_id", "state"])


def downgrade() -> None:
    """Take back."""
    for table in ("worries", "evidence_files", "evidence_holds", "screening_rules"):
        op.drop_table(table)
    with op.batch_alter_table("evidence_versions") as batch_op:
        batch_op.drop_column("files")
        batch_op.drop_column("scribed")
    with _evidence() as batch_op:
        batch_op.drop_constraint(op.f("fk_evidence_scribe_id_accounts"), type_="foreignkey")
        batch_op.drop_column("purged_at")
        batch_op.drop_column("removed_at")
        batch_op.drop_column("scribe_id")


def _evidence() -> AbstractContextManager[BatchOperations]:
    """The table of evidence; SQLite makes it anew, and would forget the check of its states."""
    states = sa.CheckConstraint(STATES, name=op.f("ck_evidence_evidence_state"))
    return op.batch_alter_table("evidence", table_args=(states,))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _points(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))
