"""A cache of the statements of recurring objects: achievements and endorsers.

Half of the statements of an entry are those of its achievement, word for word the same in each entry for
that skill. An object with an id makes the same statements anywhere under the same active context: blank nodes
in it can be referred to from within alone, since no document that we accept has ids of the form `_:…`. So
its statements are cached beside a copy of it, and returned for an object that equals the copy.
"""

from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from .rdfc import Dataset

if TYPE_CHECKING:
    from .tables import ActiveContext

MAX_PARTS = 128
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """An object with an id, its depth, its statements, and the literals with a datatype among them."""

    value: dict[str, Any]
    subject: str
    height: int
    says: Dataset
    texts: tuple[str, ...]


class Parts:
    """The cached parts; when full, the cache is cleared."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[tuple[ActiveContext, str], Part] = {}
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._kept)

    def new_prefix(self) -> str:
        """Return a prefix for blank nodes that no other part and no document uses."""
        return f"_:p{next(self._numbers)}b"

    def find(self, context: "ActiveContext", value: dict[str, Any]) -> Part | None:
        """Return the part that an object equals. All in it are texts, and nothing else equals a text."""
        name = value.get("id")
        part = self._kept.get((context, name)) if name.__class__ is str else None
        return part if part is not None and part.value == value else None

    def keep(self, context: "ActiveContext", part: Part) -> None:
        """Cache a part in place of the one with its id, unless it is a long one."""
        rests = (rest for rests in part.says.said.values() for rest in rests)
        others = (text for quad in part.says.quads for text in quad)
        if sum(map(len, chain(part.says.lines, rests, others))) > MAX_CHARACTERS:
            return
        if len(self._kept) >= MAX_PARTS:
            self._kept.clear()
        self._kept[context, part.value["id"]] = part


def copied(value: dict[str, Any]) -> dict[str, Any] | None:
    """Copy an object of objects, arrays and texts; None when there is anything else in it."""
    try:
        found: dict[str, Any] = _copied(value)
    except (ValueError, RecursionError):
        return None
    return found


def _copied(value: Any) -> Any:
    if value.__class__ is str:
        return value
    if value.__class__ is dict:
        return {name: _copied(each) for name, each in value.items()}
    if value.__class__ is list:
        return [_copied(each) for each in value]
    raise ValueError("not a text")


def height(value: Any) -> int:
    """Return how many levels of objects are nested."""
    if value.__class__ is dict:
        return 1 + max(map(height, value.values()), default=0)
    return max(map(height, value), default=0) if value.__class__ is list else 0
