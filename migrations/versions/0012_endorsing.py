"""endorsing

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STEP = sa.Enum(
    "briefing",
    "identity",
    "supervision",
    name="onboarding_step",
    native_enum=False,
    create_constraint=True,
    length=20,
)
WHY = sa.Enum(
    "related",
    "declined",
    "quiet",
    name="exclusion_why",
    native_enum=False,
    create_constraint=True,
    length=20,
)
NOTE_STATE = sa.Enum(
    "none",
    "shown",
    "held",
    "released",
    "stopped",
    name="note_state",
    native_enum=False,
    create_constraint=True,
    length=20,
)


def upgrade() -> None:
    """Apply."""
    _make_closed_days()
    _make_onboarding_steps()
    _make_exclusions()
    _make_digests()
    _let_schools_confirm()


def _let_schools_confirm() -> None:
    """A decision is a champion's or a person's of the school; one that was sent back may have a note."""
    with op.batch_alter_table("endorsements") as batch_op:
        batch_op.alter_column("champion_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("note_state", NOTE_STATE, nullable=False, server_default="none"),
        )
        batch_op.add_column(sa.Column("note_judged_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note_judged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_endorsements_confirmed_by_id_accounts"), "accounts", ["confirmed_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_endorsements_note_judged_by_id_accounts"),
            "accounts",
            ["note_judged_by_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_endorsements_one_person"), "(champion_id IS NULL) <> (confirmed_by_id IS NULL)"
        )
        batch_op.create_index(batch_op.f("ix_endorsements_note_state"), ["note_state"], unique=False)
        batch_op.create_index("ix_endorsements_untold", ["told_at", "decided_at"], unique=False)
    with op.batch_alter_table("endorsements") as batch_op:
        batch_op.alter_column("note", existing_type=sa.String(), server_default=None)
        batch_op.alter_column("note_state", existing_type=sa.String(20), server_default=None)


def _make_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["champion_id"], ["champions.account_id"], name=op.f("fk_digests_champion_id_champions")
        ),
        sa.PrimaryKeyConstraint("champion_id", name=op.f("pk_digests")),
    )


def _make_onboarding_steps() -> None:
    op.create_table(
        "onboarding_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("step", STEP, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(step = 'supervision') = (school_id IS NOT NULL)",
            name=op.f("ck_onboarding_steps_school_of_supervision"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_onboarding_steps_by_id_accounts")),
        sa.ForeignKeyConstraint(
            ["champion_id"],
            ["champions.account_id"],
            name=op.f("fk_onboarding_steps_champion_id_champions"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_onboarding_steps_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_steps")),
    )
    with op.batch_alter_table("onboarding_steps") as batch_op:
        batch_op.create_index(batch_op.f("ix_onboarding_steps_champion_id"), ["champion_id"], unique=False)


def _make_exclusions() -> None:
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("why", WHY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["champion_id"], ["champions.account_id"], name=op.f("fk_exclusions_champion_id_champions")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_exclusions_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
        sa.UniqueConstraint("evidence_id", "champion_id", name=op.f("uq_exclusions_evidence_id_champion_id")),
    )
    with op.batch_alter_table("exclusions") as batch_op:
        batch_op.create_index(batch_op.f("ix_exclusions_champion_id"), ["champion_id"], unique=False)


def _make_closed_days() -> None:
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_closed_days_in_order")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_closed_days_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sa.UniqueConstraint("reference", name=op.f("uq_closed_days_reference")),
    )
    with op.batch_alter_table("closed_days") as batch_op:
        batch_op.create_index(batch_op.f("ix_closed_days_programme_id"), ["programme_id"], unique=False)


def downgrade() -> None:
    """Take back. Raises RuntimeError where a school confirmed: the older form has no place for it."""
    confirmed = sa.text("SELECT count(*) FROM endorsements WHERE confirmed_by_id IS NOT NULL")
    if op.get_bind().execute(confirmed).scalar():
        raise RuntimeError("schools have confirmed entries: restore a backup to go back to the older release")
    with op.batch_alter_table("endorsements") as batch_op:
        batch_op.drop_index("ix_endorsements_untold")
        batch_op.drop_index(batch_op.f("ix_endorsements_note_state"))
        batch_op.drop_constraint(batch_op.f("ck_endorsements_one_person"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_endorsements_note_state"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_endorsements_note_judged_by_id_accounts"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_endorsements_confirmed_by_id_accounts"), type_="foreignkey")
        for column in (
            "note_judged_at",
            "note_judged_by_id",
            "note_state",
            "note",
            "told_at",
            "confirmed_by_id",
        ):
            batch_op.drop_column(column)
        batch_op.alter_column("champion_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("digests")
    op.drop_table("exclusions")
    op.drop_table("onboarding_steps")
    op.drop_table("closed_days")
