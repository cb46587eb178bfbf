"""Bring a framework in from a file: hand it in, match its columns, see what would change, make a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.case.outline import Grouping
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.tables import column_name
from passport.services.programmes.frameworks import tables, uploads
from passport.services.programmes.frameworks.tables import Draft, Matching
from passport.services.programmes.frameworks.uploads import NEW, Likeness, Read
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.runtime import runtime
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.frameworks import import_words

if TYPE_CHECKING:
    from passport.db.programmes.frameworks.imported_files import ImportedFile
    from passport.db.programmes.frameworks.versions import FrameworkVersion

blueprint = Blueprint("framework_imports", __name__, url_prefix="/manage/frameworks/files")
authors = who.may(Action.FRAMEWORK, How.DRAFT)
# a package of 20,000 items, and the rest of the request
MOST_BYTES = 32 * 1024 * 1024 + 64 * 1024
SAMPLE_ROWS, PREVIEW_SKILLS, MOST_NAMED = 6, 8, 100
COLUMN = "column-"


@dataclass(frozen=True)
class Choices:
    """What the author chose on the page: how the file is read, and what becomes of it."""

    matching: Matching | None
    grouping: Grouping
    turned: bool
    target: str
    title: str
    seen: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong with what was chosen, and where on the page; without words nothing is."""

    where: str = ""
    words: str = ""


@dataclass(frozen=True)
class Column:
    """A column as the page shows it: its letters, its heading, some of its texts, its meaning."""

    place: int
    name: str
    heading: str
    sample: str
    chosen: str


@blueprint.before_app_request
def let_files_in() -> None:
    """Raise the request size limit for an author's file, before the form is read for its token."""
    if request.endpoint == "framework_imports.new" and request.method == "POST":
        user = current()
        if user is not None and allows(user.roles, Action.FRAMEWORK, How.DRAFT):
            request.max_content_length = MOST_BYTES


@blueprint.route("", methods=["GET", "POST"])
@authors
def new() -> ResponseReturnValue:
    """Hand in a file."""
    problem = ""
    if request.method == "POST":
        try:
            name, content = _handed_in()
            read = uploads.open_file(content, name)
            if read.package is not None:
                # items in a circle are found here
                uploads.draft_of(read, None, Grouping.TOP, runtime().settings.public_url)
            with changing_own() as work:
                kept = uploads.keep(work.session, work.account, name, content, work.at)
                address = url_for("framework_imports.show", reference=kept.reference)
            return redirect(address, 303)
        except Refused as error:
            problem = refusals.at_box(error)
    with reading_own() as work:
        waiting = uploads.waiting(work.session, work.account)
        return render_template(
            "programmes/frameworks/uploads/new.html", problem=problem, waiting=waiting
        ), 400 if problem else 200


@blueprint.route("/<reference>", methods=["GET", "POST"])
@authors
def show(reference: str) -> ResponseReturnValue:
    """Match the columns of a file, see what it would change, and make a draft of it."""
    with reading_own() as work:
        file = uploads.seen(work.session, work.account, reference)
        name, content = file.name, file.content
    turned = "turned" in request.form
    read = uploads.open_file(content, name, turned=turned)
    choices, draft = _chosen(read, name), Draft()
    problem = Wrong("columns", _twice(read))
    try:
        draft = uploads.draft_of(read, choices.matching, choices.grouping, runtime().settings.public_url)
    except Refused as error:
        if request.method == "POST":
            problem = Wrong("columns", refusals.at_box(error))
    if not problem.words and request.form.get("step") == "make":
        made, problem = _make(reference, draft, choices)
        if made:
            return redirect(made, 303)
    return _page(reference, read, choices, draft, problem)


@blueprint.post("/<reference>/delete")
@authors
def delete(reference: str) -> ResponseReturnValue:
    """Delete a file of which no draft was made."""
    with changing_own() as work:
        uploads.forget(work.session, work.account, reference)
    flash(_("The file is deleted."))
    return redirect(url_for("framework_imports.new"), 303)


def _handed_in() -> tuple[str, bytes]:
    """Return the name and the content of the posted file."""
    file = request.files.get("file")
    content = file.read() if file else b""
    return (file.filename or "" if file else ""), content


# ------------------------------------------------------------------------------------------------ choices


def _chosen(read: Read, name: str) -> Choices:
    """Return what was chosen, or what the file suggests before anything was."""
    form = request.form
    grouping = form.get("grouping", "")
    return Choices(
        matching=_matching(read),
        grouping=Grouping(grouping) if grouping in set(Grouping) else Grouping.TOP,
        turned=read.turned,
        target=form.get("target", ""),
        title=form.get("title", uploads.suggested_title(read, name)),
        seen=form.get("seen", ""),
    )


def _matching(read: Read) -> Matching | None:
    if read.table is None:
        return None
    suggested = tables.suggested(read.table)
    # a table that has just been turned has other columns than those that were chosen
    if request.method == "GET" or request.form.get("was_turned", "") != ("on" if read.turned else ""):
        return suggested
    columns: dict[str, int] = {}
    for place in range(max((len(row.cells) for row in read.table.rows), default=0)):
        chosen = request.form.get(f"{COLUMN}{place}", "")
        if chosen in import_words.COLUMN_NAMES:
            columns.setdefault(chosen, place)
    return Matching(
        _heading(read, request.form.get("heading", "")),
        columns,
        group=" ".join(request.form.get("group", "").split()),
        tidy="tidy" in request.form,
        complete=False,
    )


def _heading(read: Read, chosen: str) -> int | None:
    lines = [str(row.line) for row in read.table.rows] if read.table else []
    return lines.index(chosen) if chosen in lines else None


def _twice(read: Read) -> str:
    """Return what to do where two columns were given the same meaning; empty where none were."""
    chosen = [value for name, value in request.form.items() if name.startswith(COLUMN) and value]
    if read.table is None or len(chosen) == len(set(chosen)):
        return ""
    name = next((one for one in chosen if chosen.count(one) > 1), "")
    label = import_words.COLUMN_NAMES.get(name, name)
    return _("You chose “%(name)s” for two columns. Choose it for one of them", name=label)


def _columns(read: Read, matching: Matching | None) -> list[Column]:
    """Return the columns that hold something."""
    if read.table is None or matching is None:
        return []
    rows = [row.cells for row in read.table.rows]
    heading = rows[matching.heading] if matching.heading is not None else []
    below = rows[0 if matching.heading is None else matching.heading + 1 :]
    meanings = {place: name for name, place in matching.columns.items()}
    found = []
    for place in range(max(map(len, rows), default=0)):
        texts = [text for cells in below if place < len(cells) and (text := " ".join(cells[place].split()))]
        title = " ".join(heading[place].split()) if place < len(heading) else ""
        if texts or title:
            # a column of a turned table was a row of the file
            name = str(place + 1) if read.turned else column_name(place + 1)
            sample = " · ".join(dict.fromkeys(texts[:SAMPLE_ROWS]))
            found.append(Column(place, name, title, sample, meanings.get(place, "")))
    return found


# ------------------------------------------------------------------------------------------------ outcome


def _make(reference: str, draft: Draft, choices: Choices) -> tuple[str, Wrong]:
    """Make the draft: return the address of its page, or why there is none."""
    if choices.target and choices.target != request.form.get("compared"):
        words = _("Look through what would change in the framework that you chose. Then make the draft")
        return "", Wrong("target", words)
    try:
        with changing_own() as work:
            version = uploads.make_draft(
                work.session,
                work.account,
                reference,
                draft,
                choices.target,
                choices.title,
                choices.seen,
                work.at,
            )
            return _page_of(version), Wrong()
    except Refused as error:
        return "", Wrong(_where(error.reason), refusals.at_box(error))


def _where(reason: Reason) -> str:
    """Return the part of the page that a refusal is about."""
    about_title = {Reason.NAME_TAKEN, Reason.NAME_MISSING, Reason.NAME_TOO_LONG, Reason.TEXT_UNUSABLE}
    if reason is Reason.FILE_HAS_PROBLEMS:
        return "problems"
    return "title" if reason in about_title else "target"


def _page_of(version: FrameworkVersion) -> str:
    return url_for("framework_drafts.show", framework=version.framework.number, draft=version.number)


def _page(reference: str, read: Read, choices: Choices, draft: Draft, problem: Wrong) -> ResponseReturnValue:
    with reading_own() as work:
        file = uploads.seen(work.session, work.account, reference)
        base = runtime().settings.public_url
        likely = uploads.likenesses(
            work.session, work.account.programme_id, draft, choices.title, base, read.package
        )
        target = choices.target or _suggested_target(likely, file)
        known = {NEW, *(str(one.framework.number) for one in likely)}
        plan = (
            uploads.plan(work.session, work.account, draft, target)
            if target in known and draft.skills
            else None
        )
        page = render_template(
            "programmes/frameworks/uploads/show.html",
            file=file,
            read=read,
            choices=choices,
            draft=draft,
            problem=problem.words,
            where=problem.where,
            likely=likely,
            target=target,
            plan=plan,
            columns=_columns(read, choices.matching),
            said=_said(draft),
            names=import_words.COLUMN_NAMES,
            most=MOST_NAMED,
            preview=draft.skills[:PREVIEW_SKILLS],
        )
    return page, 400 if problem.words else 200


def _suggested_target(likely: list[Likeness], file: ImportedFile) -> str:
    """Return the target that is chosen before the author chooses: none where they have to say it."""
    if file.version is not None:
        return str(file.version.framework.number)
    if likely and likely[0].same_title:
        return str(likely[0].framework.number)
    return "" if any(one.is_alike for one in likely) else NEW


def _said(draft: Draft) -> tuple[list[str], list[str]]:
    """Return the problems and the notes in words."""
    problems = [import_words.words(one, transposed=draft.transposed) for one in draft.problems]
    return problems, [import_words.words(one, transposed=draft.transposed) for one in draft.notes]
