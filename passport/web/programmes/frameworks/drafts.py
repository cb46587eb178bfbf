"""Drafts of frameworks: list, begin, edit skill by skill, send to review."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.services.core import paging
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.core.text_rules import problem as text_problem
from passport.services.programmes.frameworks import (
    comments,
    comparing,
    drafts,
    sign_offs,
    visibility,
    wording,
)
from passport.services.programmes.frameworks.drafts import Words
from passport.services.programmes.frameworks.remarks import remarks
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.paging import page_number
from passport.web.core.widgets import TextArea, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import told

if TYPE_CHECKING:
    from passport.db.programmes.frameworks.versions import FrameworkVersion

blueprint = Blueprint("framework_drafts", __name__, url_prefix="/manage/frameworks")
VERSION = "/<int:framework>/<int:draft>"
SKILL = VERSION + "/skills/<int:skill>"
# a package of 10,000 items makes a draft that no browser shows at once
PAGE = 100
readers = who.may(Action.FRAMEWORK, How.DRAFT, How.COMMENT_AND_SIGN, How.PUBLISH)
authors = who.may(Action.FRAMEWORK, How.DRAFT)


class WordsField(StringField):
    """Words that can be signed, up to ``longest`` characters; they may be missing without ``missing``."""

    def __init__(self, label: str, *, longest: int, missing: str = "", **kwargs: Any) -> None:
        """Take the limit, and the error for an empty field."""
        super().__init__(label, widget=TextInput() if missing else TextArea(), **kwargs)
        self.longest, self.missing = longest, missing

    def pre_validate(self, form: Any) -> None:
        """Collapse spaces and refuse words that could not be signed. Raises ValidationError."""
        self.data = " ".join((self.data or "").split())
        if not self.data:
            if self.missing:
                raise ValidationError(self.missing)
            return
        if len(self.data) > self.longest:
            raise ValidationError(_("Use at most %(most)s characters", most=self.longest))
        if text_problem(self.data, quoted=True):
            raise ValidationError(_("Leave out signs that cannot be seen, and unusual quotation marks"))


class TitleForm(StoredForm):
    """The name of a framework."""

    name = WordsField(
        _l("Name of the framework"),
        longest=wording.LONGEST_TITLE,
        missing=_l("Enter the name of the framework"),
    )


class SkillForm(StoredForm):
    """Group, name and four levels of a skill."""

    group = WordsField(_l("Group"), longest=wording.LONGEST_GROUP, missing=_l("Enter the group"))
    name = WordsField(
        _l("Name of the skill"), longest=wording.LONGEST_NAME, missing=_l("Enter the name of the skill")
    )
    level_1 = WordsField(_l("With guidance"), longest=wording.LONGEST_DESCRIPTOR)
    level_2 = WordsField(_l("With support"), longest=wording.LONGEST_DESCRIPTOR)
    level_3 = WordsField(_l("On my own"), longest=wording.LONGEST_DESCRIPTOR)
    level_4 = WordsField(_l("Guiding others"), longest=wording.LONGEST_DESCRIPTOR)

    @property
    def words(self) -> Words:
        """Return what was typed."""
        levels = (self.level_1, self.level_2, self.level_3, self.level_4)
        first, second, third, fourth = (level.data or "" for level in levels)
        return Words(self.group.data or "", self.name.data or "", (first, second, third, fourth))

    def show_words(self, words: Words) -> None:
        """Fill in the stored words; after a conflict, keep what was typed and update the stamp."""
        levels = {f"level_{number}": text for number, text in enumerate(words.levels, 1)}
        self.show(words.stored, group=words.group, name=words.name, **levels)


def to(version: FrameworkVersion | tuple[int, int], endpoint: str = "framework_drafts.show") -> str:
    """Return the address of a page of a version."""
    framework, draft = version if isinstance(version, tuple) else (version.framework.number, version.number)
    return url_for(endpoint, framework=framework, draft=draft)


def at_skill(framework: int, draft: int, skill: int) -> str:
    """Return the address of a skill on the page of its version."""
    where = url_for("framework_drafts.show", framework=framework, draft=draft, skill=skill)
    return f"{where}#skill-{skill}"


@blueprint.get("")
@readers
def listed() -> ResponseReturnValue:
    """List the versions of the programme's frameworks that the person sees."""
    with reading_own() as work:
        found = visibility.listed(work.session, work.account)
        frameworks = [
            list(versions) for _number, versions in groupby(found, key=lambda one: one.framework_id)
        ]
        return render_template(
            "programmes/frameworks/drafts/list.html",
            account=work.account,
            frameworks=frameworks,
            comments=comments.count_open(work.session, found),
        )


@blueprint.route("/new", methods=["GET", "POST"])
@authors
def new() -> ResponseReturnValue:
    """Begin a framework from nothing."""
    form = TitleForm()
    if form.validate_on_submit():
        title = form.name.data or ""
        made = _done(form, lambda work: to(drafts.begin(work.session, work.account, title, work.at)))
        if made:
            return redirect(made)
    return render_template("programmes/frameworks/drafts/new.html", form=form)


@blueprint.get(VERSION)
@readers
def show(framework: int, draft: int) -> ResponseReturnValue:
    """Show a version with all its skills, what is remarked and commented on, and what can be done next."""
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        there = comments.of_version(work.session, version)
        page = paging.counted(_page(version), len(version.skills), PAGE)
        shown = version.skills[paging.start(page.number, PAGE) :][:PAGE]
        groups = [(name, list(skills)) for name, skills in groupby(shown, key=lambda one: one.group)]
        return render_template(
            "programmes/frameworks/drafts/show.html",
            account=work.account,
            version=version,
            groups=groups,
            page=page,
            comments=there,
            remarks=remarks(work.session, version) if version.is_open else [],
            signed=sign_offs.standing(work.session, version),
            others=[
                one
                for one in visibility.listed(work.session, work.account)
                if one.framework_id == version.framework_id and one.id != version.id
            ],
        )


@blueprint.post(VERSION + "/copy")
@authors
def copy(framework: int, draft: int) -> ResponseReturnValue:
    """Begin a draft from a version, or open the draft of the framework that is there already."""
    with changing_own() as work:
        made = drafts.begin_from(work.session, work.account, framework, draft, work.at)
        where = to(made)
    return redirect(where)


@blueprint.route(VERSION + "/name", methods=["GET", "POST"])
@authors
def rename(framework: int, draft: int) -> ResponseReturnValue:
    """Rename a framework of which no version is published."""
    form = TitleForm()
    if form.validate_on_submit():
        typed = framework, draft, form.name.data or ""
        if _done(
            form,
            lambda work: to(drafts.rename(work.session, work.account, *typed, work.at, form.seen.data)),
        ):
            return redirect(to((framework, draft)))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        form.show((version.framework.title,), name=version.framework.title)
        return render_template("programmes/frameworks/drafts/name.html", form=form, version=version)


@blueprint.route(VERSION + "/skills/new", methods=["GET", "POST"])
@authors
def add_skill(framework: int, draft: int) -> ResponseReturnValue:
    """Add a skill."""
    form = SkillForm()
    if form.validate_on_submit():
        words = form.words
        added = _done(
            form,
            lambda work: (
                drafts.add_skill(work.session, work.account, framework, draft, words, work.at).number
            ),
        )
        if added:
            flash(_("Added: %(name)s.", name=words.name))
            return redirect(at_skill(framework, draft, added))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        form.show((), group=request.args.get("group", ""))
        return render_template(
            "programmes/frameworks/drafts/skill_new.html", form=form, version=version, groups=_groups(version)
        )


@blueprint.route(SKILL, methods=["GET", "POST"])
@authors
def skill(framework: int, draft: int, skill: int) -> ResponseReturnValue:
    """Change the words of a skill. After a conflict the page shows both texts, with the difference marked."""
    form = SkillForm()
    if form.validate_on_submit():
        typed = framework, draft, skill, form.words
        if _done(
            form,
            lambda work: (
                drafts.change_skill(work.session, work.account, *typed, work.at, form.seen.data).number
            ),
        ):
            flash(_("Saved."))
            return redirect(at_skill(framework, draft, skill))
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        found = drafts.find_skill(version, skill)
        stored = wording.words_of(found)
        form.show_words(stored)
        pairs = [
            comparing.mark(str(theirs), str(own))
            for theirs, own in zip(stored.stored, form.words.stored, strict=True)
        ]
        there = [
            one for one in comments.of_version(work.session, version) if one.skill_number == found.number
        ]
        return render_template(
            "programmes/frameworks/drafts/skill.html",
            account=work.account,
            form=form,
            version=version,
            skill=found,
            groups=_groups(version),
            comments=there,
            differs=pairs if form.is_overtaken else None,
        )


@blueprint.post(SKILL + "/remove")
@authors
def remove_skill(framework: int, draft: int, skill: int) -> ResponseReturnValue:
    """Remove a skill from a draft."""
    with changing_own() as work:
        drafts.remove_skill(work.session, work.account, framework, draft, skill, work.at)
    flash(_("Removed from this version. Published versions keep it."))
    return redirect(to((framework, draft)))


@blueprint.post(SKILL + "/move")
@authors
def move_skill(framework: int, draft: int, skill: int) -> ResponseReturnValue:
    """Move a skill up or down in its group."""
    up = request.form.get("way") == "up"
    with changing_own() as work:
        drafts.move_skill(work.session, work.account, framework, draft, skill, up=up, at=work.at)
    return redirect(at_skill(framework, draft, skill))


@blueprint.post(VERSION + "/review")
@authors
def review(framework: int, draft: int) -> ResponseReturnValue:
    """Send a draft to review."""
    with changing_own() as work:
        drafts.send_to_review(work.session, work.account, framework, draft, work.at)
    flash(_("In review. Champions and coordinators have been told."))
    return redirect(to((framework, draft)))


@blueprint.post(VERSION + "/back")
@authors
def back(framework: int, draft: int) -> ResponseReturnValue:
    """Take a version out of review."""
    with changing_own() as work:
        drafts.back_to_draft(work.session, work.account, framework, draft, work.at)
    flash(_("A draft again. Champions and coordinators do not see it until you send it to review."))
    return redirect(to((framework, draft)))


@blueprint.post(VERSION + "/discard")
@authors
def discard(framework: int, draft: int) -> ResponseReturnValue:
    """Delete a draft that no one has signed."""
    with changing_own() as work:
        drafts.discard(work.session, work.account, framework, draft, work.at)
    flash(_("The draft is deleted."))
    return redirect(url_for("framework_drafts.listed"))


def _page(version: FrameworkVersion) -> int:
    """Return the page that holds the skill in the request's address, or else the page that it asks for."""
    wanted = request.args.get("skill", type=int)
    place = next((place for place, one in enumerate(version.skills) if one.number == wanted), None)
    return page_number() if place is None else place // PAGE + 1


def _groups(version: FrameworkVersion) -> list[str]:
    """Return the groups of a version, for suggestions."""
    return list(dict.fromkeys(one.group for one in version.skills))


def _done(form: StoredForm, act: Any) -> Any:
    """Call ``act`` in one transaction; return None after adding a refusal to the form's errors."""
    try:
        with changing_own() as work:
            return act(work)
    except Refused as refused:
        if refused.reason is Reason.SKILL_NAME_TAKEN:
            form.add_error("name", refusals.at_box(refused))
        else:
            told(form, refused)
        return None
