"""Private keys: generated, kept and used here, and nowhere else.

A key file is `keys/<role>-<kid>.pem`: PKCS#8, encrypted, readable by its owner alone. Loading never makes a
key and never fails as a whole: a damaged key stops what it would have signed, and nothing else.
"""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from . import keys
from .canonical import Canonicalizer
from .errors import BadProof, KeyProblem
from .keys import Role

# The PEM encryption stretches a passphrase with 2,048 rounds only: it must carry 128 bits by itself.
MIN_PASSPHRASE = 22
_MAX_FILE = 10_000
_OTHERS = 0o077
_NAME = re.compile(rf"(?P<role>{'|'.join(Role)})-(?P<kid>[0-9a-f]{{8}})\.pem")


class Signer(Protocol):
    """The interface for signing with one key: a file today, a hardware key later."""

    @property
    def kid(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def public_key(self) -> bytes: ...
    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature (RFC 8032, deterministic)."""
        ...


class PemSigner:
    """A key that is stored in a file."""

    def __init__(self, role: Role, private_key: Ed25519PrivateKey) -> None:
        """Hold a private key for one role."""
        self.role = role
        self.public_key = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = keys.kid(self.public_key)
        self._private_key = private_key

    def __repr__(self) -> str:
        return f"PemSigner({self.name})"

    @property
    def name(self) -> str:
        """Return the name of the key's file."""
        return f"{self.role}-{self.kid}.pem"

    def sign(self, data: bytes) -> bytes:
        """Sign with Ed25519."""
        return self._private_key.sign(data)

    def save(self, directory: Path, passphrase: str) -> Path:
        """Write the key, encrypted, into a new file that is readable by its owner alone at every moment.

        Raises KeyProblem for a passphrase that is too short, and when the file exists already.
        """
        if len(passphrase) < MIN_PASSPHRASE:
            raise KeyProblem(f"the passphrase must have {MIN_PASSPHRASE} characters or more")
        pem = self._private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
        )
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        path = directory / self.name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise KeyProblem(f"{path.name} is there already") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        return path


def generate(role: Role) -> PemSigner:
    """Generate a new key. A caller that keeps several generates again if its kid is taken."""
    return PemSigner(role, Ed25519PrivateKey.generate())


def new_passphrase() -> str:
    """Return a passphrase of 192 random bits."""
    return secrets.token_urlsafe(24)


class KeyRing:
    """The keys that can be used now, and one clear line for each that cannot."""

    def __init__(
        self, signers: list[Signer], problems: list[str] | None = None, later: "Later | None" = None
    ) -> None:
        """Hold signers by their kid. `later` finds a key that was added after the ring was loaded."""
        self._signers = {signer.kid: signer for signer in signers}
        self._later = later or _none_later
        self.problems = problems or []
        self.canonicalizer = Canonicalizer()
        """For all that is signed with these keys."""

    @classmethod
    def load(cls, directory: Path, passphrase: str | None) -> Self:
        """Read every key file of a folder. Never raises for a bad file; its line is in `problems`."""
        signers: list[Signer] = []
        problems: list[str] = []
        for path in sorted(directory.glob("*.pem")):
            try:
                signers.append(_load(path, passphrase))
            except (KeyProblem, OSError) as error:
                problems.append(f"{path.name}: {_line(error)}")
        return cls(signers, problems, lambda kid: _found_later(directory, passphrase, kid))

    def signer(self, kid: str) -> Signer:
        """Return the signer with this kid. Raises KeyProblem when there is none that works."""
        found = self._signers.get(kid) or self._later(kid)
        if found is None:
            raise KeyProblem(f"there is no usable key {kid}")
        self._signers[kid] = found
        return found

    def __contains__(self, kid: object) -> bool:
        return kid in self._signers or (isinstance(kid, str) and self._later(kid) is not None)

    def __iter__(self) -> Iterator[Signer]:
        return iter(self._signers.values())


Later = Callable[[str], Signer | None]


def _none_later(_kid: str) -> Signer | None:
    return None


def _found_later(directory: Path, passphrase: str | None, kid: str) -> Signer | None:
    """Load a key made or repaired while the service runs, when it is needed; None if there is none."""
    for path in directory.glob(f"*-{kid}.pem") if kid.isalnum() else ():
        try:
            return _load(path, passphrase)
        except (KeyProblem, OSError):
            return None
    return None


def _line(error: Exception) -> str:
    return (error.strerror or "cannot be read") if isinstance(error, OSError) else str(error)


def _load(path: Path, passphrase: str | None) -> PemSigner:
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise KeyProblem("the name is not <role>-<kid>.pem")
    if path.stat().st_mode & _OTHERS:
        raise KeyProblem("other users can read this file; make it readable by its owner alone (chmod 600)")
    signer = PemSigner(Role(named["role"]), _decrypt(path, passphrase))
    if signer.kid != named["kid"]:
        raise KeyProblem(f"the name says {named['kid']}, the key inside is {signer.kid}")
    _probe(signer)
    return signer


def _decrypt(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    if not passphrase:
        raise KeyProblem("there is no passphrase to open it with")
    pem = path.read_bytes()
    if len(pem) > _MAX_FILE or b"ENCRYPTED PRIVATE KEY" not in pem:
        raise KeyProblem("this is not an encrypted PKCS#8 key file")
    try:
        private_key = load_pem_private_key(pem, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyProblem("the file is damaged, or the passphrase is not the right one") from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise KeyProblem("this is not an Ed25519 key")
    return private_key


def _probe(signer: PemSigner) -> None:
    """Sign something and check it, before anything depends on this key."""
    probe = secrets.token_bytes(32)
    try:
        keys.verify_signature(signer.public_key, signer.sign(probe), probe)
    except BadProof as error:
        raise KeyProblem("the key cannot check its own signature") from error


@dataclass(frozen=True)
class KeyPlace:
    """The folder of private keys, and the passphrase that opens them."""

    directory: Path
    passphrase: str
