import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator

from passport.openbadges import credential
from passport.openbadges.achievement import Aligned
from passport.openbadges.credential import Achievement, Endorser, Entry, EvidenceStatement, Issuer
from passport.openbadges.errors import MalformedCredential
from passport.openbadges.schemas import violation
from passport.openbadges.terms import Basis
from passport.proofs import data_integrity
from tests.world import EMPLOYER, LIST_URL, PROGRAMME, SUSPENSION_URL, World, an_entry, endorsement_of

STRICT = Path(__file__).parents[1] / "vectors" / "openbadges-schema-strict"

WORDS = st.text(
    st.characters(exclude_characters="“”", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=30
)
TIMES = st.integers(946_684_800, 4_070_908_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
URNS = st.uuids().map(lambda value: value.urn)
ITEMS = st.builds(
    Aligned,
    name=WORDS,
    url=st.uuids().map(lambda value: f"https://case.example/ims/case/v1p1/CFItems/{value}"),
    kind=st.sampled_from(["CFItem", "ext:ESCOSkill"]),
    code=st.one_of(st.just(""), WORDS),
    framework=WORDS,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    framework = f"https://passport.example/frameworks/{draw(st.integers(1, 99))}/{draw(st.integers(1, 99))}"
    return Entry(
        id=draw(URNS),
        subject_id=draw(URNS),
        issuer=Issuer(PROGRAMME.did, draw(WORDS)),
        holder_name=draw(WORDS),
        school=draw(WORDS),
        achievement=Achievement(
            id=f"{framework}/skills/{draw(st.integers(1, 99))}",
            skill=draw(WORDS),
            group=draw(WORDS),
            framework=draw(WORDS),
            framework_version=draw(st.integers(1, 99)),
            framework_url=framework,
            descriptors=(draw(WORDS), draw(WORDS), draw(WORDS), draw(WORDS)),
            aligned=tuple(draw(st.lists(ITEMS, max_size=3, unique_by=lambda item: item.url))),
        ),
        level=draw(st.integers(1, 4)),
        champion=Endorser(draw(WORDS), draw(WORDS), Issuer(EMPLOYER.did, draw(WORDS))),
        basis=draw(st.sampled_from(Basis)),
        evidence=EvidenceStatement(
            draw(WORDS),
            draw(st.dates(date(2000, 1, 1), date(2099, 1, 1))),
            draw(WORDS),
            draw(st.decimals("0.25", 999, places=2)),
            draw(WORDS),
            draw(URNS),
        ),
        endorsed_at=draw(TIMES),
        issued_at=draw(TIMES),
        review_at=draw(TIMES),
        status=credential.StatusReference(
            f"https://passport.example/status/1/{draw(st.sampled_from(credential.NAMED_LISTS))}",
            draw(st.integers(0, 131_071)),
        ),
    )


@settings(max_examples=60)
@given(entries())
def test_what_is_built_is_read_again_signable_and_valid(entry: Entry) -> None:
    world = World(entry)
    document = credential.build(entry, world.secured_endorsement())
    assert credential.read(document) == entry
    data_integrity.check_lossless(document)
    assert violation(document) == ""


def test_the_items_of_other_frameworks_are_signed_and_an_altered_one_is_refused() -> None:
    entry = an_entry()
    item = Aligned("work in teams", "http://data.europa.eu/esco/skill/60c78287", "ext:ESCOSkill", "", "ESCO")
    world = World(replace(entry, achievement=replace(entry.achievement, aligned=(item,))))
    document = world.secured_entry()
    assert violation(document) == ""
    own, other = document["credentialSubject"]["achievement"]["alignment"]
    assert own["targetUrl"] == entry.achievement.id
    assert other == {
        "type": ["Alignment"],
        "targetName": "work in teams",
        "targetUrl": item.url,
        "targetType": "ext:ESCOSkill",
        "targetFramework": "ESCO",
    }
    for spoilt in ({"targetCode": ""}, {"targetDescription": "more"}, {"type": "Alignment"}):
        before = dict(other)
        other.update(spoilt)
        with pytest.raises(MalformedCredential):
            credential.read(document)
        other.clear()
        other.update(before)
    assert credential.read(document).achievement.aligned == (item,)


def test_the_published_schema_accepts_every_document() -> None:
    for level in (1, 2, 3, 4):
        world = World(replace(an_entry(), level=level))
        assert violation(world.secured_entry()) == ""


@pytest.mark.parametrize("named", [LIST_URL, SUSPENSION_URL])
def test_the_strict_schema_accepts_all_but_the_proof_being_an_object(named: str) -> None:
    schema = json.loads((STRICT / "ob_v3p0_achievementcredential_schema.json").read_text())
    document = World(replace(an_entry(), status=credential.StatusReference(named, 1))).secured_entry()
    assert document["credentialStatus"]["statusPurpose"] == named.rpartition("/")[2]
    errors = [error.json_path for error in Draft201909Validator(schema).iter_errors(document)]
    assert all(path.endswith("proof") for path in errors), errors
    document["proof"] = [document["proof"]]
    document["endorsement"][0]["proof"] = [document["endorsement"][0]["proof"]]
    Draft201909Validator(schema).validate(document)


def test_the_schema_check_can_fail() -> None:
    document = World().secured_entry()
    del document["credentialSubject"]["achievement"]["criteria"]
    assert "criteria" in violation(document)
    assert violation({"type": ["VerifiableCredential"]})
    assert violation({"type": [{}]})
    assert violation({})


def test_where_the_signed_facts_stand() -> None:
    entry = an_entry()
    document = World().secured_entry()
    subject = document["credentialSubject"]
    assert [identity["identityType"] for identity in subject["identifier"]] == ["name", "ext:school"]
    assert not any("salt" in identity or identity["hashed"] for identity in subject["identifier"])
    assert subject["source"]["parentOrg"]["id"] == entry.champion.employer.did
    assert subject["activityStartDate"] == "2026-03-14T00:00:00Z"
    assert document["evidence"][0]["genre"] == "Workplace"
    assert document["evidence"][0]["description"] == "2.5 hours"
    assert document["evidence"][0]["digestMultibase"] == entry.evidence.digest
    assert subject["achievement"]["alignment"][0]["targetUrl"] == entry.achievement.id
    assert subject["achievement"]["criteria"]["narrative"]
    assert subject["result"][0]["achievedLevel"].endswith("#level-3")
    assert document["credentialStatus"]["statusListIndex"] == "94567"
    assert document["credentialStatus"]["id"] == f"{entry.status.list_url}#94567"
    assert (document["awardedDate"], document["validFrom"]) == (
        "2026-03-14T15:00:00Z",
        "2026-03-15T15:00:00Z",
    )
    assert document["validUntil"] == "2029-03-15T00:00:00Z"


def test_no_member_that_only_one_copy_of_the_context_knows() -> None:
    text = json.dumps(World().secured_entry())
    assert '"jti"' not in text
    assert '"endorsementJwt"' not in text


@pytest.mark.parametrize(
    ("hours", "written"),
    [("1", "1 hour"), ("1.0", "1 hour"), ("0.5", "0.5 hours"), ("10", "10 hours"), ("2.50", "2.5 hours")],
)
def test_hours_in_words(hours: str, written: str) -> None:
    entry = replace(an_entry(), evidence=replace(an_entry().evidence, hours=Decimal(hours)))
    document = World(entry).secured_entry()
    assert document["evidence"][0]["description"] == written
    assert credential.read(document).evidence.hours == Decimal(hours)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_id": uuid.UUID(int=7).urn},
        {"subject_id": an_entry().id},
        {"employer": PROGRAMME},
        {"champion_name": "Sky Notareal"},
        {"champion_role": "Ward Manager"},
        {"skill": "Working safely"},
        {"level": 4},
        {"basis": Basis.TOLD},
        {"evidence_digest": "uEiAother"},
        {"endorsed_at": an_entry().endorsed_at + timedelta(seconds=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_endorsement_of_something_else_is_not_built_in(changes: dict[str, Any]) -> None:
    entry = an_entry()
    world = World(entry, endorsement=replace(endorsement_of(entry), **changes))
    with pytest.raises(MalformedCredential, match="another"):
        credential.build(entry, world.secured_endorsement())


@pytest.mark.parametrize("endorsement", [None, {}, [], "x", [1], [{}, {}]])
def test_there_is_one_endorsement(endorsement: Any) -> None:
    document = World().secured_entry()
    document["endorsement"] = endorsement
    with pytest.raises(MalformedCredential):
        credential.read(document)


def test_a_time_without_a_zone_is_not_written() -> None:
    entry = replace(an_entry(), issued_at=datetime(2026, 3, 15))  # noqa: DTZ001 that is the point
    with pytest.raises(ValueError, match="zone"):
        credential.build(entry, World().secured_endorsement())


def test_a_false_that_is_a_zero_is_not_false() -> None:
    document = World().secured_entry()
    document["credentialSubject"]["identifier"][0]["hashed"] = 0
    with pytest.raises(MalformedCredential, match="credentialSubject/identifier"):
        credential.read(document)
