"""Files of evidence: refused or clean, seen by no one too soon, frozen with what was sent (trust, row 9)."""

import hashlib
import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from passport.adapters.pictures import keeping
from passport.db.evidence.evidence import EvidenceState
from passport.db.evidence.evidence_files import EvidenceFile, FileKind, FileState
from passport.jobs import scan_files
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions
from passport.services.evidence import drafting, evidence_access, evidence_files, reading_log
from tests.fixtures import hostile
from tests.fixtures.towns import STORY, Town
from tests.services.evidence.test_evidence import whole


def draft(town: Town) -> str:
    """Amara's draft with nothing missing."""
    with town.transaction() as session:
        return whole(town, session)[1]


def added(town: Town, reference: str, data: bytes) -> str:
    """Amara adds a file; gives its reference."""
    stored = evidence_files.store(town.runtime.private, data)
    with town.transaction() as session:
        return evidence_files.add(
            session, town.account(session, "amara"), reference, stored, town.clock()
        ).reference


def cleared(town: Town) -> None:
    """The jobs look into what waits."""
    for file in scan_files.waiting(town.runtime):
        scan_files.clear_one(town.runtime, file)


def row(town: Town, reference: str) -> EvidenceFile:
    """What is known of a file."""
    with town.transaction() as session:
        return session.query(EvidenceFile).filter_by(reference=reference).one()


def sent(town: Town, reference: str) -> str:
    """Amara sends it."""
    with town.transaction() as session:
        return drafting.submit(session, town.account(session, "amara"), reference, town.clock()).reference


def seen(town: Town, who: str, file: str) -> evidence_files.StoredFile | None:
    """What a person gets of a file."""
    with town.transaction() as session:
        try:
            return evidence_files.opened(session, town.account(session, who), file, town.clock())
        except NotFound:
            return None


def kept_names(town: Town) -> list[str]:
    """Everything in the store."""
    return town.runtime.private.names(town.clock() + timedelta(days=36_500))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_hostile_file_is_refused_and_nothing_of_it_is_kept(town: Town) -> None:
    reference = draft(town)
    corpus = list(hostile.refused())
    found: dict[str, str | None] = {}
    for name, data, _why in corpus:
        town.clock.forward(hours=1)
        try:
            file = added(town, reference, data)
        except Refused as error:
            found[name] = error.reason
            continue
        cleared(town)
        kept = row(town, file)
        found[name] = kept.why if kept.state is FileState.REFUSED else kept.state.value
    assert found == {name: why for name, _data, why in corpus}
    assert len(corpus) >= 30
    assert kept_names(town) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_picture_that_is_kept_is_small_and_says_nothing_but_what_is_seen(town: Town) -> None:
    found, corpus = {}, list(hostile.clean())
    for name, data in corpus:
        reference = draft(town)
        file = row(town, added(town, reference, data))
        assert seen(town, "amara", file.reference) is None
        cleared(town)
        file = row(town, file.reference)
        assert (name, file.state, file.why) == (name, FileState.CLEAN, "")
        content = town.runtime.private.read(file.name) or b""
        found[name] = content
        assert len(content) <= keeping.KEPT_BYTES
        assert file.digest == hashlib.sha256(content).hexdigest()
        for secret in (*hostile.SECRETS, hostile.SCRIPT, b"Exif", b"xap/1.0", b"ICC_PROFILE", b"PK\x03\x04"):
            assert secret not in content, (name, secret)
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.mode, dict(image.getexif())) == ("JPEG", "RGB", {})
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    with Image.open(io.BytesIO(found["JPEG with its place"])) as image:
        assert image.size == (240, 320), "turned as its camera said"
    assert len(kept_names(town)) == len(corpus), "what came in is gone"
    assert not any(name.startswith("IMG") for name in kept_names(town))


def test_no_one_sees_a_file_before_it_is_clean_nor_sends_it_nor_sees_another_schools(town: Town) -> None:
    reference = draft(town)
    file = added(town, reference, hostile.saved("JPEG"))
    with pytest.raises(Refused, match="file-being-checked"):
        sent(town, reference)
    cleared(town)
    cleared(town)
    assert seen(town, "amara", file) is not None
    assert [seen(town, who, file) for who in ("robin", "casey", "kit", "morgan")] == [None] * 4
    sent(town, reference)
    for who in ("robin", "casey"):
        opened = seen(town, who, file)
        assert opened is not None
        assert (opened.kind, opened.number) == (FileKind.PHOTO, 1)
    assert [seen(town, who, file) for who in ("sky", "kit", "morgan")] == [None] * 3
    with town.transaction() as session:
        looked = reading_log.of_student(session, town.account(session, "amara"))
        assert {one.name for one in looked} == {"Robin Fixturely", "Casey Exampleby"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_version_freezes_which_files_and_without_any_its_bytes_are_those_of_before(town: Town) -> None:
    plain = town.sent()
    reference = draft(town)
    file = added(town, reference, hostile.saved("PNG"))
    cleared(town)
    sent(town, reference)
    digest = row(town, file).digest
    with town.transaction() as session:
        robin = town.account(session, "robin")
        without, with_one = (
            evidence_access.sent_version(
                session, evidence_access.open_evidence(session, robin, one, town.clock())
            )
            for one in (plain, reference)
        )
        same = b'{"heldOn":"2026-03-10","hours":"2.5","level":3,"narrative":"%s","skill":4}' % STORY.encode()
        assert drafting.artefact(without) == same
        assert json.loads(drafting.artefact(with_one)) == json.loads(same) | {"files": [digest]}
        decisions.send_back(session, robin, reference, 1, "say-what-happened", town.clock())
    with town.transaction() as session:
        amara = town.account(session, "amara")
        evidence_files.remove(session, amara, reference, file, town.clock())
    sent(town, reference)
    assert seen(town, "robin", file) is None, "the version that he reads now has none"
    assert seen(town, "amara", file) is not None, "what a student sent first stays theirs to see"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_three_files_at_most_and_none_once_it_is_sent(town: Town) -> None:
    reference = draft(town)
    files = [added(town, reference, hostile.saved("PNG")) for _ in range(3)]
    with pytest.raises(Refused, match="too-many-files"):
        added(town, reference, hostile.saved("PNG"))
    with town.transaction() as session:
        kit, amara = town.account(session, "kit"), town.account(session, "amara")
        with pytest.raises(NotFound):
            evidence_files.remove(session, kit, reference, files[0], town.clock())
        evidence_files.remove(session, amara, reference, files[0], town.clock())
    cleared(town)
    sent(town, reference)
    with pytest.raises(Refused, match="already-sent"):
        added(town, reference, hostile.saved("PNG"))
    with town.transaction() as session, pytest.raises(Refused, match="already-sent"):
        evidence_files.remove(session, town.account(session, "amara"), reference, files[1], town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("I measured the shaft in five places", EvidenceState.SUBMITTED),
        ("Text me on 07700 900123", EvidenceState.HELD),
    ],
)
def test_a_pdf_is_kept_as_it_is_and_its_text_is_screened(town: Town, says: str, state: EvidenceState) -> None:
    from tests.fixtures import sheets

    data = sheets.written(says)
    reference = draft(town)
    file = added(town, reference, data)
    cleared(town)
    opened = seen(town, "amara", file)
    assert opened is not None
    assert (opened.kind, town.runtime.private.read(opened.name)) == (FileKind.DOCUMENT, data)
    with town.transaction() as session:
        mine = drafting.own(session, town.account(session, "amara"), reference)
        warned = [flag.rule for flag in drafting.warnings(session, mine)]
        assert warned == (["files"] if state is EvidenceState.HELD else [])
    sent(town, reference)
    with town.transaction() as session:
        assert drafting.own(session, town.account(session, "amara"), reference).state is state


@pytest.mark.parametrize(("size", "is_taken"), [(12 * 1024 * 1024, True), (12 * 1024 * 1024 + 1, False)])
def test_twelve_megabytes_are_taken_and_not_a_byte_more(size: int, is_taken: bool) -> None:
    data = hostile.PNG + b"\x00" * (size - len(hostile.PNG))
    if is_taken:
        assert evidence_files.kind_of(data) is FileKind.PHOTO
        return
    with pytest.raises(Refused, match="file-too-large"):
        evidence_files.kind_of(data)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_worker_that_died_is_followed_by_another_and_its_late_answer_counts_for_nothing(
    town: Town,
) -> None:
    file = added(town, draft(town), hostile.saved("PNG"))
    [number] = scan_files.waiting(town.runtime)
    with town.transaction() as session:
        dead = evidence_files.claim(session, number, town.clock())
    assert dead is not None
    assert scan_files.waiting(town.runtime) == []
    town.clock.forward(minutes=4)
    cleared(town)
    assert row(town, file).state is FileState.CLEAN
    with town.transaction() as session:
        assert not evidence_files.clear(session, dead, "other", b"x", "")
        evidence_files.refuse(session, dead, "broken", town.clock())
    assert row(town, file).state is FileState.CLEAN
