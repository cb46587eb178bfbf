import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from passport.proofs import keys, signing
from passport.proofs.errors import KeyProblem
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing

PASSPHRASE = signing.new_passphrase()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_a_saved_key_is_loaded_and_signs(folder: Path) -> None:
    made = signing.generate(Role.ENDORSE)
    path = made.save(folder, PASSPHRASE)
    ring = KeyRing.load(folder, PASSPHRASE)
    assert ring.problems == []
    assert made.kid in ring
    signer = ring.signer(made.kid)
    assert (signer.role, signer.public_key) == (Role.ENDORSE, made.public_key)
    keys.verify_signature(made.public_key, signer.sign(b"x"), b"x")
    assert path.name == f"endorse-{made.kid}.pem"


def test_a_key_file_is_encrypted_and_its_owners_alone(folder: Path) -> None:
    path = signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED " + b"PRIVATE KEY-----")


def test_signing_is_deterministic() -> None:
    signer = signing.generate(Role.ISSUE)
    assert signer.sign(b"same") == signer.sign(b"same")


def test_a_short_passphrase_is_refused(folder: Path) -> None:
    with pytest.raises(KeyProblem, match=r"^the passphrase must have 22 characters or more$"):
        signing.generate(Role.ISSUE).save(folder, "a" * 21)
    assert not folder.exists()
    assert signing.generate(Role.ISSUE).save(folder, "a" * 22).exists()


def test_a_new_passphrase_has_192_random_bits() -> None:
    made = {signing.new_passphrase() for _ in range(100)}
    assert len(made) == 100
    assert {len(passphrase) for passphrase in made} == {32}
    assert min(map(len, made)) >= signing.MIN_PASSPHRASE


def test_folders_are_made_on_the_way_and_a_lax_one_is_closed(folder: Path) -> None:
    signing.generate(Role.ISSUE).save(folder / "deeper", PASSPHRASE)
    folder.chmod(0o755)
    signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_that_is_made_or_mended_while_the_service_runs_is_found(folder: Path) -> None:
    late, lax = signing.generate(Role.ISSUE), signing.generate(Role.STATUS)
    lax.save(folder, PASSPHRASE).chmod(0o644)
    ring = KeyRing.load(folder, PASSPHRASE)
    assert late.kid not in ring
    assert lax.kid not in ring
    late.save(folder, PASSPHRASE)
    assert late.kid in ring
    assert ring.signer(late.kid).sign(b"x") == late.sign(b"x")
    (folder / lax.name).chmod(0o600)
    assert ring.signer(lax.kid).role is Role.STATUS
    (folder / late.name).unlink()
    assert ring.signer(late.kid) is ring.signer(late.kid)
    assert {signer.kid for signer in ring} == {late.kid, lax.kid}


@pytest.mark.parametrize("kid", ["*", "../x", "", 5, None])
def test_what_is_no_kid_finds_no_key(folder: Path, kid: object) -> None:
    signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    assert kid not in KeyRing.load(folder, PASSPHRASE)


def test_a_ring_of_given_signers_looks_no_further() -> None:
    signer = signing.generate(Role.ISSUE)
    ring = KeyRing([signer])
    assert (ring.signer(signer.kid), ring.problems) == (signer, [])
    with pytest.raises(KeyProblem, match=r"^there is no usable key 00000000$"):
        ring.signer("00000000")


def test_a_key_is_never_written_over(folder: Path) -> None:
    signer = signing.generate(Role.ISSUE)
    before = signer.save(folder, PASSPHRASE).read_bytes()
    with pytest.raises(KeyProblem, match=f"^{signer.name} is there already$"):
        signer.save(folder, PASSPHRASE)
    assert (folder / signer.name).read_bytes() == before


def test_a_key_does_not_show_itself() -> None:
    signer = signing.generate(Role.ISSUE)
    assert repr(signer) == f"PemSigner(issue-{signer.kid}.pem)"


def test_no_folder_is_no_keys_and_makes_nothing(folder: Path) -> None:
    ring = KeyRing.load(folder, PASSPHRASE)
    assert (ring.problems, list(ring)) == ([], [])
    assert not folder.exists()
    with pytest.raises(KeyProblem):
        ring.signer("00000000")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[80] ^= 1
    path.write_bytes(data)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _huge(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 100)


def _readable_by_others(path: Path) -> None:
    path.chmod(0o640)


def _other_kid(path: Path) -> None:
    path.rename(path.with_name("issue-00000000.pem"))


def _odd_name(path: Path) -> None:
    path.rename(path.with_name("backup.pem"))


def _another_kind_of_key(path: Path) -> None:
    key = generate_private_key(SECP256R1())
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


DAMAGED = "the file is damaged, or the passphrase is not the right one"
OTHERS = "other users can read this file; make it readable by its owner alone (chmod 600)"
NO_KEY_FILE = "this is not an encrypted PKCS#8 key file"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_truncated, DAMAGED),
        (_flipped, DAMAGED),
        (_emptied, NO_KEY_FILE),
        (_huge, NO_KEY_FILE),
        (
            _readable_by_others,
            "other users can read this file; make it readable by its owner alone (chmod 600)",
        ),
        (_other_kid, "the name says 00000000, the key inside is "),
        (_odd_name, "the name is not <role>-<kid>.pem"),
        (_another_kind_of_key, "this is not an Ed25519 key"),
        (_a_folder, "Is a directory"),
    ],
)
def test_a_damaged_key_is_one_line_and_the_others_work(folder: Path, damage: object, words: str) -> None:
    good, bad = signing.generate(Role.STATUS), signing.generate(Role.ISSUE)
    good.save(folder, PASSPHRASE)
    damage(bad.save(folder, PASSPHRASE))  # type: ignore[operator]
    files = sorted(path.name for path in folder.iterdir())
    ring = KeyRing.load(folder, PASSPHRASE)
    assert good.kid in ring
    assert bad.kid not in ring
    assert len(ring.problems) == 1
    (name,) = set(files) - {good.name}
    kid = bad.kid if damage is _other_kid else ""
    assert ring.problems == [f"{name}: {words}{kid}"]
    assert sorted(path.name for path in folder.iterdir()) == files


@pytest.mark.parametrize("passphrase", [None, "", "another passphrase altogether"])
def test_a_wrong_passphrase_is_a_line_for_each_key(folder: Path, passphrase: str | None) -> None:
    signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    signing.generate(Role.STATUS).save(folder, PASSPHRASE)
    ring = KeyRing.load(folder, passphrase)
    assert list(ring) == []
    words = DAMAGED if passphrase else "there is no passphrase to open it with"
    assert [problem.partition(": ")[2] for problem in ring.problems] == [words, words]


def test_a_file_as_long_as_it_may_be(folder: Path) -> None:
    path = signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    pem = path.read_bytes()
    path.write_bytes(pem + b"\n" * (10_000 - len(pem)))
    assert KeyRing.load(folder, PASSPHRASE).problems == []
    path.write_bytes(pem + b"\n" * (10_001 - len(pem)))
    assert KeyRing.load(folder, PASSPHRASE).problems == [f"{path.name}: {NO_KEY_FILE}"]


def test_an_error_of_the_system_without_words_has_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = signing.generate(Role.ISSUE).save(folder, PASSPHRASE)

    def fails(_: Path) -> bytes:
        raise OSError

    monkeypatch.setattr(Path, "read_bytes", fails)
    assert KeyRing.load(folder, PASSPHRASE).problems == [f"{path.name}: cannot be read"]


def test_a_key_that_cannot_check_its_own_signature_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    monkeypatch.setattr(signing.PemSigner, "sign", lambda *_: bytes(64))
    words = "the key cannot check its own signature"
    assert KeyRing.load(folder, PASSPHRASE).problems == [f"{path.name}: {words}"]
