"""COSE_Sign1 with Ed25519: the signature around a few bytes that must fit a printed code.

RFC 9052, section 4.2. The algorithm is -19, Ed25519 fully specified (RFC 9864); nothing else is accepted. The
bytes have one spelling, deterministic CBOR (RFC 8949, section 4.2.1): a reader encodes again what it has
decoded and compares, so that duplicate keys, long integers, indefinite lengths and trailing bytes are all
refused.

No tag is ever interpreted: a regular expression of 300 bytes would keep a reader busy for half a second.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import cbor2

from . import keys
from .errors import BadProof

if TYPE_CHECKING:
    from .signing import Signer

MAX_BYTES = 560
ALGORITHM = -19
KID_BYTES = 4

_SIGN1 = b"\xd2"  # tag 18 (RFC 9052, section 2), in the one byte that it takes
_MAX_DEPTH = 8


@dataclass(frozen=True)
class Message:
    """A COSE_Sign1, taken apart. Its payload is unverified until `verify` has passed."""

    protected: bytes
    payload: bytes
    signature: bytes

    @property
    def kid(self) -> str:
        """Return the kid, in hex: the last bytes of a header of ours."""
        return self.protected[-KID_BYTES:].hex()

    @property
    def has_our_header(self) -> bool:
        """Return whether its header is ours: the one algorithm, the kid, and nothing else."""
        return len(self.protected) >= KID_BYTES and self.protected == _protected(self.kid)

    def verify(self, public_key: bytes) -> None:
        """Check the signature. Raises BadProof when it does not hold, and for a header of another kind."""
        if not self.has_our_header:
            raise BadProof("the header is not that of an Ed25519 signature")
        keys.verify_signature(public_key, self.signature, to_be_signed(self.kid, self.payload))


def sign(payload: bytes, signer: "Signer") -> bytes:
    """Sign a payload and return the tagged COSE_Sign1. Raises BadProof if it would be too long to be read."""
    signature = signer.sign(to_be_signed(signer.kid, payload))
    data = _write(Message(_protected(signer.kid), payload, signature))
    _check_length(data)
    return data


def read(data: bytes) -> Message:
    """Take a COSE_Sign1 apart; header and signature are not checked here. Raises BadProof for other bytes."""
    try:
        protected, _, payload, signature = _load(data.removeprefix(_SIGN1))
    except (TypeError, ValueError) as error:
        raise BadProof("this is not a COSE_Sign1") from error
    if not all(type(part) is bytes for part in (protected, payload, signature)):
        raise BadProof("a part of the COSE_Sign1 is no byte string")
    message = Message(protected, payload, signature)
    if len(signature) != keys.SIGNATURE_BYTES or _write(message) != data:
        raise BadProof("this is not a COSE_Sign1 as we write it")
    return message


def encode(value: Any) -> bytes:
    """Encode as deterministic CBOR. cbor2 sorts keys length first; for our keys that is the same order."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes) -> Any:
    """Decode deterministic CBOR of a bounded length. Raises BadProof for anything else."""
    value = _load(data)
    try:
        ours = encode(value)
    except Exception as error:  # anything that the library raises
        raise BadProof("this cannot be written again") from error
    if ours != data:
        raise BadProof("this is not deterministic CBOR")
    return value


def _load(data: bytes) -> Any:
    _check_length(data)
    try:
        return cbor2.loads(data, semantic_decoders=_NO_TAGS, max_depth=_MAX_DEPTH, allow_indefinite=False)
    except Exception as error:  # anything that a hostile item makes the library raise
        raise BadProof("this is not CBOR that we read") from error


class _NoTags(Mapping[int, Callable[..., NoReturn]]):
    """The tag handlers of cbor2: every tag is refused."""

    def __getitem__(self, tag: int) -> Callable[..., NoReturn]:
        return _refuse

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 1


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a tag")


_NO_TAGS = _NoTags()


def _check_length(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise BadProof(f"longer than {MAX_BYTES} bytes")


def _protected(kid: str) -> bytes:
    return encode({1: ALGORITHM, 4: bytes.fromhex(kid)})


def to_be_signed(kid: str, payload: bytes) -> bytes:
    """Return the Sig_structure (RFC 9052, section 4.4)."""
    return encode(["Signature1", _protected(kid), b"", payload])


def _write(message: Message) -> bytes:
    return _SIGN1 + encode([message.protected, {}, message.payload, message.signature])
