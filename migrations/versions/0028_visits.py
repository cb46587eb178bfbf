"""Offers of visits, wishes for visits, planned visits; mail to people without an account.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mails") as batch_op:
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("address", sa.String(), nullable=True))
    op.create_table(
        "visit_offers",
        *_ask("visit_offer"),
        sa.Column("organisation", sa.String(), nullable=False),
        *_contact(),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        *_texts("about", "place", "times"),
        *_numbers("most", "first_year", "last_year"),
        *_texts("access", "kit", "risk_assessment", "insurance"),
        sa.Column("listed", sa.Boolean(), nullable=False),
        *_ask_keys("visit_offers"),
    )
    op.create_index(op.f("ix_visit_offers_programme_id"), "visit_offers", ["programme_id"])
    op.create_table(
        "visit_requests",
        *_ask("visit_request"),
        sa.Column("school_name", sa.String(), nullable=False),
        *_contact(),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        *_texts("wish", "times"),
        *_numbers("year_group", "students", "adults"),
        sa.Column("needs", sa.String(), nullable=False),
        *_ask_keys("visit_requests"),
    )
    op.create_index(op.f("ix_visit_requests_programme_id"), "visit_requests", ["programme_id"])
    _make_visits()


def _make_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("state", _choice("visit_state", "planned", "online", "cancelled"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        *_texts("school_name", "place"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        *_numbers("year_group", "students", "adults"),
        sa.Column("came", sa.Integer(), nullable=True),
        *_texts("why", "film", "worksheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("reference", name=op.f("uq_visits_reference")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_visits_{column}_{table}"))
            for column, table in (
                ("programme_id", "programmes"),
                ("offer_id", "visit_offers"),
                ("request_id", "visit_requests"),
                ("sector_id", "sectors"),
            )
        ),
    )
    for column in ("programme_id", "offer_id", "request_id", "starts_at"):
        op.create_index(op.f(f"ix_visits_{column}"), "visits", [column])
    op.create_table(
        "visit_sheets",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        *_texts("meeting", "transport", "kit", "school_phone", "host_phone", "needs"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_sheets")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_sheets_visit_id_visits")),
    )
    op.create_table(
        "visit_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("side", _choice("visit_side", "school", "host"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_visit_links_digest")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_links_visit_id_visits")),
    )
    op.create_index(op.f("ix_visit_links_visit_id"), "visit_links", ["visit_id"])


def downgrade() -> None:
    """Undo. Mail to people without an account is deleted: the table cannot hold it."""
    for table in ("visit_links", "visit_sheets", "visits", "visit_requests", "visit_offers"):
        op.drop_table(table)
    op.execute("DELETE FROM mails WHERE account_id IS NULL")
    with op.batch_alter_table("mails") as batch_op:
        batch_op.drop_column("address")
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=False)


def _ask(name: str) -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", _choice(f"{name}_state", "open", "planned", "closed"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _ask_keys(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("reference", name=op.f(f"uq_{table}_reference")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{table}_digest")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f(f"fk_{table}_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f(f"fk_{table}_sector_id_sectors")),
    ]


def _contact() -> list[sa.Column[object]]:
    return _texts("contact", "email", "phone")


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
