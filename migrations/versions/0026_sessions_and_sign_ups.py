"""Activities have sessions, places, sectors, skills and a state; students sign up, attend and propose.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SIGNS = "23456789BCDFGHJKMNPQRSTVWXZ"
KINDS = ("tour", "taster", "master class", "project", "challenge", "event", "mentoring")
STUDENTS_OWN = ("work experience", "part-time job")
STATES = ("draft", "published", "cancelled")
IN_THE_MENU = sa.text("state != 'cancelled' AND own_of_id IS NULL")
LIVE = sa.text("state IN ('booked', 'waiting')")
HOST = "employer_id IS NOT NULL OR host <> ''"
TABLES = (
    "activity_proposals",
    "activity_headcounts",
    "activity_attendance",
    "activity_sign_ups",
    "activity_skills",
    "activity_sectors",
    "activity_sessions",
)
DEFAULTS = {
    "host": sa.String(),
    "state": sa.String(20),
    "about": sa.String(),
    "route": sa.String(),
    "captions": sa.Boolean(),
}


def upgrade() -> None:
    """Apply. Each activity that is there gets one session on its day, whose times are not known."""
    _widen_activities()
    _make_sessions()
    _make_links()
    _make_sign_ups()
    _make_attendance()
    _make_proposals()


def downgrade() -> None:
    """Undo. Activities that the older release would show to everybody are deleted where no one logged them.

    Raises ValueError where a student has logged an activity of their own: the older release would show it to
    all students.
    """
    here = op.get_bind()
    own = "SELECT count(*) FROM activities WHERE {} AND id IN (SELECT activity_id FROM evidence)"
    if here.execute(sa.text(own.format("own_of_id IS NOT NULL"))).scalar():
        raise ValueError("students have logged activities of their own, which no older release can keep")
    for table in TABLES:
        op.drop_table(table)
    op.execute(
        "DELETE FROM activities WHERE (state <> 'published' OR own_of_id IS NOT NULL)"
        " AND id NOT IN (SELECT activity_id FROM evidence)"
    )
    _narrow_activities()


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _let_kinds(*kinds: str) -> None:
    """Let the column hold these kinds. SQLite has no statement for it: see `_write_checks`."""
    if not _is_sqlite():
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        op.drop_constraint(op.f("ck_activities_activity_kind"), "activities", type_="check")
        op.create_check_constraint(op.f("ck_activities_activity_kind"), "activities", f"kind IN ({listed})")


def _write_checks(batch_op: BatchOperations, *kinds: str, state: bool) -> None:
    """Write the checks of values again where the batch writes the whole table again, which loses them."""
    if _is_sqlite():
        batch_op.alter_column("kind", existing_type=sa.String(20), type_=_choice("activity_kind", *kinds))
        if state:
            kind = _choice("activity_state", *STATES)
            batch_op.alter_column("state", existing_type=sa.String(20), type_=kind)


def _widen_activities() -> None:
    _let_kinds(*KINDS, *STUDENTS_OWN)
    with op.batch_alter_table("activities") as batch_op:
        _write_checks(batch_op, *KINDS, *STUDENTS_OWN, state=False)
        batch_op.alter_column("employer_id", existing_type=sa.Integer(), nullable=True)
        for name in ("host", "about", "route"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        state = _choice("activity_state", *STATES)
        batch_op.add_column(sa.Column("state", state, nullable=False, server_default="published"))
        batch_op.add_column(sa.Column("captions", sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ("own_of_id", "year_from", "year_to", "places"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_activities_own_of_id_students"), "students", ["own_of_id"], ["account_id"]
        )
        batch_op.drop_constraint(op.f("uq_activities_programme_id_title_held_on"), type_="unique")
    with op.batch_alter_table("activities") as batch_op:
        _write_checks(batch_op, *KINDS, *STUDENTS_OWN, state=True)
        for name, kind in DEFAULTS.items():
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.create_check_constraint(op.f("ck_activities_has_host"), HOST)
        batch_op.create_check_constraint(op.f("ck_activities_places"), "places > 0")
    op.create_index(op.f("ix_activities_own_of_id"), "activities", ["own_of_id"])
    op.create_index("ix_activities_by_day", "activities", ["programme_id", "held_on"])
    op.create_index(
        "uq_activities_one_title_a_day",
        "activities",
        ["programme_id", "title", "held_on"],
        unique=True,
        sqlite_where=IN_THE_MENU,
        postgresql_where=IN_THE_MENU,
    )


def _narrow_activities() -> None:
    for index in ("uq_activities_one_title_a_day", "ix_activities_by_day", "ix_activities_own_of_id"):
        op.drop_index(index, table_name="activities")
    _let_kinds(*KINDS)
    with op.batch_alter_table("activities") as batch_op:
        for check in ("has_host", "places", "activity_state"):
            batch_op.drop_constraint(op.f(f"ck_activities_{check}"), type_="check")
        batch_op.drop_constraint(op.f("fk_activities_own_of_id_students"), type_="foreignkey")
        _write_checks(batch_op, *KINDS, state=False)
        batch_op.alter_column("employer_id", existing_type=sa.Integer(), nullable=False)
        for name in (*DEFAULTS, "own_of_id", "year_from", "year_to", "places", "cancelled_at"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(
            op.f("uq_activities_programme_id_title_held_on"), ["programme_id", "title", "held_on"]
        )


def _make(name: str, *parts: sa.Column[Any] | sa.Constraint, reference: bool = False) -> None:
    """Create a table with an id, and with a reference for addresses if wanted."""
    names = [sa.Column("id", sa.Integer(), nullable=False)]
    more: list[sa.Constraint] = [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))]
    if reference:
        names.append(sa.Column("reference", sa.String(), nullable=False))
        more.append(sa.UniqueConstraint("reference", name=op.f(f"uq_{name}_reference")))
    op.create_table(name, *names, *parts, *more)


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make_sessions() -> None:
    table = "activity_sessions"
    in_order = "ends_at IS NULL OR starts_at IS NOT NULL AND ends_at > starts_at"
    _make(
        table,
        _number("activity_id"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _time("starts_at", nullable=True),
        _time("ends_at", nullable=True),
        sa.Column("wall_code", sa.String(), nullable=True),
        _to(table, "activity_id", "activities"),
        sa.CheckConstraint(in_order, name=op.f("ck_activity_sessions_in_order")),
        sa.UniqueConstraint("wall_code", name=op.f("uq_activity_sessions_wall_code")),
        reference=True,
    )
    op.create_index(op.f("ix_activity_sessions_activity_id"), table, ["activity_id"])
    op.create_index("ix_activity_sessions_by_day", table, ["held_on", "activity_id"])
    activities = sa.table("activities", sa.column("id", sa.Integer), sa.column("held_on", sa.Date))
    columns = ("reference", sa.String), ("activity_id", sa.Integer), ("held_on", sa.Date)
    sessions = sa.table(table, *(sa.column(name, kind) for name, kind in columns))
    here = op.get_bind()
    made = [
        {"reference": "".join(secrets.choice(SIGNS) for _ in range(10)), "activity_id": one, "held_on": day}
        for one, day in here.execute(sa.select(activities.c.id, activities.c.held_on)).all()
    ]
    if made:
        here.execute(sa.insert(sessions), made)


def _make_links() -> None:
    for what, other in (("sector", "sectors"), ("skill", "skills")):
        table, column = f"activity_{other}", f"{what}_id"
        op.create_table(
            table,
            _number("activity_id"),
            _number(column),
            _to(table, "activity_id", "activities"),
            _to(table, column, other),
            sa.PrimaryKeyConstraint("activity_id", column, name=op.f(f"pk_{table}")),
        )


def _make_sign_ups() -> None:
    table = "activity_sign_ups"
    _make(
        table,
        _number("activity_id"),
        _number("student_id"),
        _number("number"),
        sa.Column("state", _choice("sign_up_state", "booked", "waiting", "left", "refused"), nullable=False),
        _time("signed_up_at"),
        _time("approved_at", nullable=True),
        _number("approved_by_id", nullable=True),
        _time("ended_at", nullable=True),
        _to(table, "activity_id", "activities"),
        _to(table, "student_id", "students", "account_id"),
        _to(table, "approved_by_id", "accounts"),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_activity_sign_ups_activity_id_number")),
        reference=True,
    )
    op.create_index(op.f("ix_activity_sign_ups_student_id"), table, ["student_id"])
    op.create_index(
        "uq_activity_sign_ups_one_live",
        table,
        ["activity_id", "student_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _make_attendance() -> None:
    table = "activity_attendance"
    _make(
        table,
        _number("session_id"),
        _number("student_id"),
        sa.Column("present", sa.Boolean(), nullable=False),
        _time("marked_at"),
        _number("marked_by_id", nullable=True),
        _to(table, "session_id", "activity_sessions"),
        _to(table, "student_id", "students", "account_id"),
        _to(table, "marked_by_id", "accounts"),
        sa.UniqueConstraint(
            "session_id", "student_id", name=op.f("uq_activity_attendance_session_id_student_id")
        ),
    )
    op.create_index(op.f("ix_activity_attendance_student_id"), table, ["student_id"])
    table = "activity_headcounts"
    key = ("session_id", "school_id", "year_group")
    _make(
        table,
        *(_number(name) for name in (*key, "number")),
        _time("counted_at"),
        _number("counted_by_id"),
        _to(table, "session_id", "activity_sessions"),
        _to(table, "school_id", "schools"),
        _to(table, "counted_by_id", "accounts"),
        sa.UniqueConstraint(*key, name=op.f("uq_activity_headcounts_session_id_school_id_year_group")),
        sa.CheckConstraint("number > 0", name=op.f("ck_activity_headcounts_number")),
    )
    op.create_index(op.f("ix_activity_headcounts_school_id"), table, ["school_id"])


def _make_proposals() -> None:
    table = "activity_proposals"
    _make(
        table,
        _number("student_id"),
        sa.Column("state", _choice("proposal_state", "asked", "accepted", "refused"), nullable=False),
        sa.Column("kind", _choice("proposal_kind", *KINDS, *STUDENTS_OWN), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(12), nullable=False),
        _time("proposed_at"),
        _time("decided_at", nullable=True),
        _number("decided_by_id", nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _number("activity_id", nullable=True),
        _to(table, "student_id", "students", "account_id"),
        _to(table, "decided_by_id", "accounts"),
        _to(table, "activity_id", "activities"),
        reference=True,
    )
    op.create_index(op.f("ix_activity_proposals_student_id"), table, ["student_id"])
