"""Deciding on a page of the queue: basis or reason for each, a review of all, then one confirmation.

The choices so far are in the address: none of them is secret, and going back loses nothing. Each row holds
the version that was read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from passport.jobs import queue as job_queue
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.endorsements import batches, decisions, queue
from passport.services.endorsements.batches import DecisionOutcome
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form
from passport.web.core.work import OwnWork, changing_own

if TYPE_CHECKING:
    from passport.services.endorsements.queue import Item

blueprint = Blueprint("batches", __name__, url_prefix="/queue")
DECISIONS = {"endorse": "endorsed", "back": "returned", "decline": "declined"}
REASONS = {"back": decisions.RETURN_REASONS, "decline": decisions.DECLINE_REASONS}
BASES = ("1", "2", "3")


@dataclass(frozen=True)
class Row:
    """One row of a batch: the decision about a version, and its basis or reason once given."""

    decision: str
    reference: str
    version: int
    why: str = ""

    def __str__(self) -> str:
        """Return the row as text for an address."""
        return f"{self.decision}.{self.reference}.{self.version}" + (f".{self.why}" if self.why else "")

    @property
    def is_whole(self) -> bool:
        """Return whether the row is complete and can be decided."""
        return self.why in REASONS.get(self.decision, BASES)


def row_of(text: str) -> Row | None:
    """Parse a row from an address; None if the text is no possible choice."""
    decision, _, rest = text.partition(".")
    reference, _, rest = rest.partition(".")
    version, _, why = rest.partition(".")
    if decision not in DECISIONS or not reference or not version.isdecimal() or len(version) > 6:
        return None
    row = Row(decision, reference, int(version), why)
    return row if not why or row.is_whole else replace(row, why="")


def rows() -> list[Row]:
    """Return the batch of this request, each piece of evidence once. Raises Refused for more than a page."""
    found = [row for row in map(row_of, request.values.getlist("row")) if row is not None]
    each = list({row.reference: row for row in found}.values())
    if len(each) > queue.MOST:
        raise Refused(Reason.BATCH_TOO_LARGE)
    return each


@blueprint.route("/answers", methods=["GET", "POST"])
@who.may(Action.DECIDE)
@fresh
def answers() -> ResponseReturnValue:
    """Ask for the basis, once per activity, skill and level, and for the reason of any other decision."""
    form = Form()
    with changing_own() as work:
        batch = _Batch(work, rows())
        if not batch.rows:
            return _back_to_queue(batch)
        if form.is_submitted():
            form.validate()
            answered = [replace(row, why=_answer(batch, row)) for row in batch.rows]
            batch.rows = answered
            if all(row.is_whole for row in answered):
                return redirect(url_for("batches.review", row=[str(row) for row in answered]), 303)
        return render_template(
            "endorsements/batches/answers.html",
            batch=batch,
            form=form,
            sent=form.is_submitted(),
            reasons=REASONS,
            left_out=_left_out(batch.left_out),
        )


@blueprint.get("/review")
@who.may(Action.DECIDE)
@fresh
def review() -> ResponseReturnValue:
    """Show all rows again, with each text, before they are confirmed."""
    with changing_own() as work:
        batch = _Batch(work, rows())
        if not batch.rows:
            return _back_to_queue(batch)
        if not all(row.is_whole for row in batch.rows):
            return redirect(url_for("batches.answers", row=[str(row) for row in batch.rows]))
        return render_template(
            "endorsements/batches/review.html",
            batch=batch,
            form=Form(),
            account=work.account,
            left_out=_left_out(batch.left_out),
        )


@blueprint.post("/confirm")
@who.may(Action.DECIDE)
@fresh
def confirm() -> ResponseReturnValue:
    """Decide. Rows that cannot be decided any more are left out, and their number is shown."""
    chosen = [row for row in rows() if row.is_whole]
    if not chosen:
        flash(_("Nothing was decided."))
        return redirect(url_for("endorsements.queue"))
    with changing_own() as work:
        said = [_as_answer(row) for row in chosen]
        outcome = batches.decide(work.session, runtime().keys, work.account, said, work.at)
    job_queue.wake()
    for line in _what_was_done(outcome):
        flash(line)
    # if nothing could be decided, the queue shows why
    return redirect(url_for("endorsements.decisions" if outcome.decided else "endorsements.queue"))


def _as_answer(row: Row) -> batches.Answer:
    decision = DecisionOutcome(DECISIONS[row.decision])
    if row.decision == "endorse":
        return batches.Answer(decision, row.reference, row.version, basis=int(row.why))
    return batches.Answer(decision, row.reference, row.version, reason=row.why)


def _what_was_done(outcome: batches.Outcome) -> list[str]:
    number = {key: outcome.number(DecisionOutcome(value)) for key, value in DECISIONS.items()}
    lines = []
    if number["endorse"]:
        lines.append(ngettext("%(num)s endorsed.", "%(num)s endorsed.", number["endorse"]))
    if number["back"]:
        lines.append(ngettext("%(num)s sent back.", "%(num)s sent back.", number["back"]))
    if number["decline"]:
        lines.append(
            ngettext(
                "%(num)s where you were not able to say.",
                "%(num)s where you were not able to say.",
                number["decline"],
            )
        )
    lines += [left_out] if (left_out := _left_out(outcome.left_out)) else []
    return lines


def _left_out(number: int) -> str:
    """Return the message about rows that cannot be decided any more; empty if there are none."""
    if not number:
        return ""
    return ngettext(
        "%(num)s was left out: since you read it, it changed, was decided or went to somebody else.",
        "%(num)s were left out: since you read them, they changed, were decided or went to somebody else.",
        number,
    )


def _back_to_queue(batch: _Batch) -> ResponseReturnValue:
    if left_out := _left_out(batch.left_out):
        flash(left_out)
    return redirect(url_for("endorsements.queue"))


def _answer(batch: _Batch, row: Row) -> str:
    """Return what was chosen for a row; empty if it was not offered."""
    item = batch.items[row.reference]
    name = f"basis-{item.alike}" if row.decision == "endorse" else f"why-{row.reference}"
    chosen = request.form.get(name, "")
    return chosen if chosen in REASONS.get(row.decision, batch.bases(item)) else ""


class _Batch:
    """The rows of a batch that can still be decided. Loading them records a reading of each."""

    def __init__(self, work: OwnWork, chosen: list[Row]) -> None:
        found = queue.chosen(work.session, work.account, [row.reference for row in chosen], work.at)
        read = {row.reference: row.version for row in chosen}
        self._account = work.account
        self.items: dict[str, Item] = {
            item.evidence.reference: item
            for item in found
            if item.version.number == read[item.evidence.reference]
        }
        self.rows = [row for row in chosen if row.reference in self.items]
        self.left_out = len(chosen) - len(self.rows)
        queue.looked_at(work.session, work.account, self.items.values(), work.at)

    def bases(self, item: Item) -> tuple[str, ...]:
        """Return the bases to choose from: who saw what another employer hosted is asked on its own page."""
        return BASES[1:] if decisions.is_of_another(self._account, item.evidence) else BASES

    def why(self, reference: str) -> str:
        """Return the basis or reason chosen for one of them so far."""
        return next((row.why for row in self.rows if row.reference == reference), "")

    def groups(self, decision: str) -> list[queue.Group]:
        """Return the rows with one decision, grouped by activity, skill and level."""
        return queue.grouped([self.items[row.reference] for row in self.rows if row.decision == decision])
