"""Our documents written again in an equal form, for tests of any layer."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from passport.openbadges.equal_forms import ENTRY, Place

Document = dict[str, Any]
Path = tuple[str, ...]


def places(inside: Mapping[str, Place] = ENTRY, here: Path = ()) -> Iterator[tuple[Path, Place]]:
    """Every place that the rewrites name, with its path of names; arrays add nothing to a path."""
    for name, place in inside.items():
        yield (*here, name), place
        yield from places(place.inside, (*here, name))


REWRITABLE = [path for path, place in places() if place.is_array is not None]


def rewritten(document: Document, paths: Collection[Path]) -> Document:
    """The document with arrays of one as their members, and single members in arrays, at these places."""

    def flip(value: Any) -> Any:
        if isinstance(value, list):
            return value[0] if len(value) == 1 else value
        return [value]

    return changed(document, paths, flip)


def changed(document: Document, paths: Collection[Path], change: Callable[[Any], Any]) -> Document:
    """A copy of the document with the values at these places changed, from the inside out."""
    found: Document = _changed(document, paths, change, ())
    return found


def _changed(value: Any, paths: Collection[Path], change: Callable[[Any], Any], here: Path) -> Any:
    if isinstance(value, list):
        return [_changed(each, paths, change, here) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _changed(each, paths, change, (*here, name)) for name, each in value.items()}
    return {name: change(each) if (*here, name) in paths else each for name, each in made.items()}
