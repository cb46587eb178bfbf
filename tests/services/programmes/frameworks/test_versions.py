"""A framework comes from a spreadsheet, whole or not at all, with what is wrong named by line and column."""

import codecs

import pytest

from passport.db import Session
from passport.db.core.audit import records
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.demo import FRAMEWORK_FILE
from passport.services.core.errors import NotFound, Refused
from passport.services.evidence import drafting
from passport.services.programmes.frameworks import imports, versions
from passport.services.programmes.frameworks.imports import Import
from passport.web.programmes.frameworks.import_words import words
from tests.fixtures.towns import Town

HEADER = "group,skill,With guidance,With support,On my own,Guiding others"
GOOD = "All,Listening,hears,asks,understands,helps others listen"
MORE = "All,Speaking,says,explains,persuades,helps others speak"


def read(session: Session, town: Town, content: str | bytes, title: str = "Glassmaking") -> Import:
    """Import a file."""
    data = content.encode() if isinstance(content, str) else content
    programme = town.account(session, "morgan").programme
    return imports.import_table(session, programme, title, imports.read(data), town.clock())


def lines(*rows: str) -> str:
    """A file with the header."""
    return "\n".join([HEADER, *rows]) + "\n"


def skills(done: Import) -> list[tuple[int, str]]:
    """The draft's skills, by number."""
    assert done.version is not None
    return sorted((skill.number, skill.name) for skill in done.version.skills)


def publish(session: Session, town: Town, done: Import) -> FrameworkVersion:
    """Publish a draft."""
    assert done.version is not None
    return versions.publish(session, done.version, "Ann Example", "Bob Example", town.clock())


def test_twelve_skills_go_through_and_can_be_claimed(town: Town) -> None:
    with town.transaction() as session:
        done = read(session, town, FRAMEWORK_FILE.read_bytes())
        assert (done.added, done.kept, done.problems) == (12, 0, [])
        assert [number for number, _name in skills(done)] == list(range(1, 13))
        publish(session, town, done)
    with town.transaction() as session:
        offered = drafting.skills(session, town.account(session, "amara"))
        assert len(offered) == 12
        assert offered[0].version.framework.title == "Glassmaking"
        assert (offered[0].version.framework.number, offered[0].version.number) == (2, 1)
        assert all(len(set(skill.descriptors)) == 4 for skill in offered)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + lines(GOOD).encode(),
        lines(GOOD).replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + lines(GOOD).replace("\n", "\r\n").encode(),
        lines(GOOD).rstrip().encode(),
        (HEADER.upper() + ",,\n\n" + GOOD + ",, \n,,,,,\n   \n").encode(),
        lines(',"'.join(GOOD.split(",")).replace(',"', '","').replace("All", '"All', 1) + '"').encode(),
        lines("  All , Listening\u00a0,hears,  asks,under\tstands,helps others listen")
        .replace("under\tstands", "understands")
        .encode(),
    ],
)
def test_a_file_as_spreadsheets_save_it_is_read_alike(town: Town, content: bytes) -> None:
    with town.transaction() as session:
        done = read(session, town, content)
        assert done.problems == []
        assert done.version is not None
        [skill] = done.version.skills
        assert (skill.group, skill.name) == ("All", "Listening")
        assert skill.descriptors == ("hears", "asks", "understands", "helps others listen")


def test_reading_twice_changes_nothing_at_all(town: Town) -> None:
    for _time in range(2):
        with town.transaction() as session:
            read(session, town, lines(GOOD, MORE))
    with town.transaction() as session:
        recorded = [one for one in records(session) if one.action == "framework.imported"]
        assert len(recorded) == 2  # the town's own, and this one once
        other = read(session, town, lines(MORE, GOOD))
        assert (other.added, other.kept, other.problems) == (0, 2, [])
        assert other.version is not None
        in_order = [(skill.number, skill.name) for skill in other.version.skills]
        assert in_order == [(2, "Speaking"), (1, "Listening")]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("row", "where", "what"),
    [
        ("All,,hears,asks,understands,helps", "line 3, column skill", "write something"),
        ("All,Speaking,says,says,c,d", "line 3, column with guidance", "same wording"),
        ("All,Speaking,says,explains,c", "line 3, column all", "this line has 5"),
        ("All,Speaking,a,b,c,d,e", "line 3, column all", "this line has 7"),
        (GOOD, "line 3, column skill", "stands above already"),
        ("All,Spea\u202eking,a,b,c,d", "line 3, column skill", "invisible"),
        ("All,Speaking,a\u200b,b,c,d", "line 3, column with guidance", "invisible"),
        (
            "Making,Listening,a,b,c,d",
            "line 3, column skill",
            "(line 2, group “All”): give one of them another name",
        ),
        (
            "Making,LISTENING,a,b,c,d",
            "line 3, column skill",
            "differs from “Listening” (line 2, group “All”) in cap",
        ),
        (HEADER, "line 3, column all", "the headings stand here again"),
        ("group;skill", "line 3, column all", "this line has 1"),
        ("All,Cafe\u0301,a,b,c,d", "line 3, column skill", "accent"),
        ("All,Fitter” (“Turner,a,b,c,d", "line 3, column skill", "“ and ”"),
        (f"All,{'x' * 97},a,b,c,d", "line 3, column skill", "96 characters"),
        (f"{'x' * 61},S,a,b,c,d", "line 3, column group", "60 characters"),
        (f"All,S,a,b,c,{'x' * 301}", "line 3, column guiding others", "300 characters"),
        ('All,"S"x,a,b,c,d', "line 3, column all", "not a CSV line"),
        ('All,S,a,b,c,"two\nlines and no end', "line 3, column all", "not a CSV line"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column_and_nothing_is_imported(
    town: Town, row: str, where: str, what: str
) -> None:
    last = "All,Last,a,b,c,d"
    with town.transaction() as session:
        done = read(session, town, lines(GOOD, row, last))
        assert words(done.problems[0]).startswith(where)
        assert what in words(done.problems[0])
        assert len(done.problems) == 1
        assert (done.version, done.added, session.query(FrameworkVersion).count()) == (None, 0, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_lines_are_counted_as_an_editor_counts_them(town: Town) -> None:
    rows = ('All,Speaking,"says\nmore",b,c,d', "", "All,,a,b,c,d", ",Both,,b,c,d")
    with town.transaction() as session:
        done = read(session, town, lines(GOOD, *rows))
        places = [(one.line, one.column) for one in done.problems]
        assert places == [(6, "skill"), (7, "with guidance")]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_longest_texts_are_counted_in_characters_of_any_script(town: Town) -> None:
    urdu = "م" * 96
    with town.transaction() as session:
        done = read(session, town, lines(f"{'é' * 60},{urdu},{'ü' * 300},b,c,d"))
        assert done.problems == []
        assert skills(done) == [(1, urdu)]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "must have these headings"),
        (b"", "must have these headings"),
        (GOOD.encode(), "must have these headings"),
        (HEADER.replace("skill,", "").encode(), "must have these headings"),
        (lines(GOOD).replace("On my own", "Alone").encode(), "(missing: on my own)"),
        (
            lines(GOOD).replace("On my own", "With support").encode(),
            "line 1, column with support: two columns mean",
        ),
        (b"skill,group,With guidance,With support,On my own,Guiding others\n", "in rows below the headings"),
        (
            lines(GOOD.replace("hears", "h\u00e9ars")).encode("cp1252").replace(b"\xe9", b"\x81"),
            "letters cannot be read",
        ),
        (lines(GOOD).replace("All", "").encode(), "line 2, column group: write something"),
    ],
)
def test_a_file_that_is_none_of_ours_makes_nothing(town: Town, content: bytes, advice: str) -> None:
    with town.transaction() as session:
        done = read(session, town, content)
        assert done.version is None
        assert advice in words(done.problems[0])
        assert session.query(FrameworkVersion).count() == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_title_that_could_not_be_signed_makes_nothing(town: Town) -> None:
    with town.transaction() as session:
        for title in ("", " Glass", "Gl\u202eass", "Cafe\u0301"):
            done = read(session, town, lines(GOOD), title)
            assert done.version is None
            assert words(done.problems[0]).startswith("title: ")


def test_a_table_put_right_replaces_the_draft_and_a_skill_taken_out_is_gone(town: Town) -> None:
    with town.transaction() as session:
        done = read(session, town, lines(GOOD.replace("Listening", "Lisening"), "All,Last,a,b,c,d"))
        assert skills(done) == [(1, "Lisening"), (2, "Last")]
    with town.transaction() as session:
        assert read(session, town, lines(MORE, "All,Last,,b,c,d")).version is None
        done = read(session, town, lines(GOOD.replace("Listening", "Lisening"), "All,Last,a,b,c,d"))
        assert (skills(done), done.kept) == ([(1, "Lisening"), (2, "Last")], 2), "the draft stayed as it was"
        done = read(session, town, lines(GOOD, MORE))
        assert skills(done) == [(1, "Listening"), (2, "Speaking")]
        assert (done.added, done.kept) == (2, 0)
        assert done.version is not None
        assert done.version.number == 1
        done = read(session, town, lines(GOOD.replace("hears", "nods"), MORE))
        assert (done.added, done.kept) == (0, 2)
        assert done.version is not None
        assert done.version.skills[0].level_1 == "nods"


def test_a_new_version_only_for_other_words_and_a_skill_keeps_its_number(town: Town) -> None:
    with town.transaction() as session:
        first = publish(session, town, read(session, town, lines(GOOD, MORE)))
    with town.transaction() as session:
        same = read(session, town, lines(GOOD, MORE))
        assert same.version is not None
        assert (same.version.number, same.version.state) == (1, FrameworkState.PUBLISHED)
        assert session.query(FrameworkVersion).filter_by(framework_id=first.framework_id).count() == 1
        new = "All,Reading,a,b,c,d"
        done = read(session, town, lines(new, MORE.replace("says", "whispers")))
        assert done.version is not None
        assert (done.version.number, done.version.state) == (2, FrameworkState.DRAFT)
        assert skills(done) == [(2, "Speaking"), (3, "Reading")]
        old = versions.published(session, 2, 1)
        assert [skill.level_1 for skill in old.skills] == ["hears", "says"]
        publish(session, town, done)
        assert versions.published(session, 2, 1).state is FrameworkState.RETIRED
        assert versions.published(session, 2, 2).state is FrameworkState.PUBLISHED
        third = read(session, town, lines(GOOD, "All,Writing,a,b,c,d"))
        assert skills(third) == [(1, "Listening"), (4, "Writing")]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "names", [("", ""), ("Ann", ""), ("", "Bob"), ("  ", "Bob"), ("Ann", "Ann"), ("Ann ", " ann")]
)
def test_two_people_sign_or_nothing_is_published(town: Town, names: tuple[str, str]) -> None:
    with town.transaction() as session:
        done = read(session, town, lines(GOOD))
        assert done.version is not None
        with pytest.raises(Refused, match="two-signers-needed"):
            versions.publish(session, done.version, *names, town.clock())
        assert done.version.state is FrameworkState.DRAFT
        assert versions.published(session, 1, 1).state is FrameworkState.PUBLISHED


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_who_signed_is_kept_and_audited_and_publishing_twice_changes_nothing(town: Town) -> None:
    with town.transaction() as session:
        version = publish(session, town, read(session, town, lines(GOOD)))
        town.clock.forward(days=1)
        again = versions.publish(session, version, "Other", "People", town.clock())
        assert (again.employer_signer, again.school_signer) == ("Ann Example", "Bob Example")
        acts = [one for one in records(session) if one.action == "framework.published"]
        assert [one.subject for one in acts] == ["1/1", "2/1"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_empty_draft_is_not_published(town: Town) -> None:
    with town.transaction() as session:
        done = read(session, town, lines(GOOD))
        assert done.version is not None
        for skill in done.version.skills:
            session.delete(skill)
        session.flush()
        session.expire(done.version, ["skills"])
        with pytest.raises(Refused, match="no-skills"):
            publish(session, town, done)


def test_only_what_was_published_is_found_by_its_numbers(town: Town) -> None:
    with town.transaction() as session:
        read(session, town, lines(GOOD))
        for number, version in ((2, 1), (1, 2), (0, 1), (-1, 1), (10**30, 1), (1, 10**30), (2**31, 1)):
            with pytest.raises(NotFound):
                versions.published(session, number, version)
        assert len(versions.published(session, 1, 1).skills) == 12
