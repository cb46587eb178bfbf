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
    with pytest.raises(KeyProblem):
        signing.generate(Role.ISSUE).save(folder, "a" * 21)
    assert not folder.exists()


def test_a_key_is_never_written_over(folder: Path) -> None:
    signer = signing.generate(Role.ISSUE)
    before = signer.save(folder, PASSPHRASE).read_bytes()
    with pytest.raises(KeyProblem):
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


@pytest.mark.parametrize(
    "damage",
    [
        _truncated,
        _flipped,
        _emptied,
        _huge,
        _readable_by_others,
        _other_kid,
        _odd_name,
        _another_kind_of_key,
        _a_folder,
    ],
)
def test_a_damaged_key_is_one_line_and_the_others_work(folder: Path, damage: object) -> None:
    good, bad = signing.generate(Role.STATUS), signing.generate(Role.ISSUE)
    good.save(folder, PASSPHRASE)
    damage(bad.save(folder, PASSPHRASE))  # type: ignore[operator]
    files = sorted(path.name for path in folder.iterdir())
    ring = KeyRing.load(folder, PASSPHRASE)
    assert good.kid in ring
    assert bad.kid not in ring
    assert len(ring.problems) == 1
    assert "\n" not in ring.problems[0]
    assert sorted(path.name for path in folder.iterdir()) == files


@pytest.mark.parametrize("passphrase", [None, "", "another passphrase altogether"])
def test_a_wrong_passphrase_is_a_line_for_each_key(folder: Path, passphrase: str | None) -> None:
    signing.generate(Role.ISSUE).save(folder, PASSPHRASE)
    signing.generate(Role.STATUS).save(folder, PASSPHRASE)
    ring = KeyRing.load(folder, passphrase)
    assert list(ring) == []
    assert len(ring.problems) == 2
    assert not any(PASSPHRASE in problem for problem in ring.problems)
