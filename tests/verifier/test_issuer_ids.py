"""An issuer id in any spelling is one issuer: respelling ours never leads to the rules for others."""

from typing import Any

import pytest

from passport.verifier.issuer_ids import MAX_ID, named, normalised

DID = "did:web:passport.example%3A8000:programmes:1a"


@pytest.mark.parametrize(
    "spelling",
    [
        DID,
        "did:web:passport.example%3a8000:programmes:1a",
        "DID:WEB:PASSPORT.example%3A8000:programmes:1a",
        "did:web:p%61ssport.example%3A8000:programmes:1%61",
        f"{DID}#key",
        f"{DID}?versionId=1",
        f"{DID};service=x",
        f"{DID}:",
        f" {DID}\n",
        "did:web:passport.example\u200b%3A8000:programmes:1a",
        "did:web:ｐassport.example%3A8000:programmes:1a",
        "did:web:passport.example.%3A8000:programmes:1a",
        "did:web:passport.example%3A8000::programmes:1a",
        "did:web:passport.example%3A8000/programmes/1a",
        "https://passport.example:8000/programmes/1a",
        "HTTPS://user@passport.example:8000/programmes/1a/did.json",
    ],
)
def test_every_spelling_of_one_issuer_is_one(spelling: str) -> None:
    assert normalised(spelling) == DID


@pytest.mark.parametrize(
    ("spelling", "normal"),
    [
        ("https://passport.example/.well-known/did.json", "did:web:passport.example"),
        ("did:web:passport.example%3A443", "did:web:passport.example"),
        ("did:key:z6MkA#z6MkA", "did:key:z6MkA"),
        ("DID:Key:z6MkA", "did:key:z6MkA"),
        ("urn:uuid:1/", "urn:uuid:1"),
        ("did:", "did"),
        ("", ""),
        ("did:web:a.example:1A", "did:web:a.example:1A"),
        ("did:web:a.example:1%2fA", "did:web:a.example:1%2FA"),
        ("did:web:" + "a" * MAX_ID, ("did:web:" + "a" * MAX_ID)[:MAX_ID]),
    ],
)
def test_other_ids_keep_what_tells_them_apart(spelling: str, normal: str) -> None:
    assert normalised(spelling) == normal
    assert normalised(normal) == normal


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({}, ()),
        ({"issuer": DID}, (DID,)),
        ({"issuer": {"id": f"{DID}#x"}, "iss": DID}, (DID,)),
        ({"issuer": [{"id": DID}]}, (DID,)),
        ({"issuer": {"@id": DID}}, (DID,)),
        ({"issuer": "did:key:z", "iss": DID, "vc": {"issuer": "did:key:y"}}, ("did:key:z", DID, "did:key:y")),
        ({"issuer": ["did:key:z", {"id": DID}]}, ("did:key:z", DID)),
        ({"issuer": [[DID]], "iss": 5, "vc": [DID]}, (DID,)),
    ],
)
def test_every_id_that_a_document_names_is_found(document: dict[str, Any], ids: tuple[str, ...]) -> None:
    assert named(document) == ids
