import pytest

from passport.openbadges import did
from passport.openbadges.did import Method
from passport.openbadges.errors import BadAddress
from passport.proofs import keys, signing
from passport.proofs.keys import Role

DID = "did:web:passport.example:employers:tinderbeck"


def test_addresses() -> None:
    assert did.web_did("http://localhost:8000", "programmes", "x") == "did:web:localhost%3A8000:programmes:x"
    assert did.web_did("https://passport.example", "employers", "tinderbeck") == DID
    assert did.web_did("https://passport.example/") == "did:web:passport.example"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://127.0.0.1", []),
        ("https://[::1]:8000", []),
        ("https://a.example/below", []),
        ("https://user@a.example", []),
        ("https://a.example?x=1", []),
        ("https://a.example#x", []),
        ("https://a.example:port", []),
        ("ftp://a.example", []),
        ("a.example", []),
        ("", []),
        ("https://a.example", ["a:b"]),
        ("https://a.example", ["a/b"]),
        ("https://a.example", [""]),
    ],
)
def test_other_addresses_have_no_did(url: str, path: list[str]) -> None:
    with pytest.raises(BadAddress):
        did.web_did(url, *path)


def test_a_document_names_each_key_in_two_forms() -> None:
    signer = signing.generate(Role.ENDORSE)
    document = did.did_document(DID, [Method(Role.ENDORSE, signer.public_key)])
    multikey, jwk = document["verificationMethod"]
    assert multikey["id"] == did.method_id(DID, Role.ENDORSE, signer.kid) == f"{DID}#endorse-{signer.kid}"
    assert keys.from_multibase(multikey["publicKeyMultibase"]) == signer.public_key
    assert keys.from_base64url(jwk["publicKeyJwk"]["x"]) == signer.public_key
    assert document["assertionMethod"] == [multikey["id"], jwk["id"]]
    assert {multikey["controller"], jwk["controller"]} == {DID}
    assert len(set(document["assertionMethod"])) == 2
