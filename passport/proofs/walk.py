"""From a JSON-LD document to the statements that it makes, in one recursion over it.

JSON-LD 1.1 Processing Algorithms and API: Expansion (5.1.2), Value Expansion (5.3), Node Map Generation (7.2)
and Object to RDF Conversion (8.2) in one pass, with the tables of the known contexts. JSON-LD drops what it
does not understand, and implementations differ there; here nothing is dropped: what would not be signed, and
what this walk does not know, is refused, and named.
"""

from json.encoder import encode_basestring_ascii
from typing import Any

from . import literals
from .errors import NotCanonical
from .parts import Part, copied, height
from .rdfc import Dataset, Quad, hash_first_degree
from .tables import (
    ABSOLUTE_URI,
    CLOSER,
    IRI,
    KEYWORD,
    PLAIN,
    RDF,
    TYPE,
    TYPED,
    VOCAB,
    ActiveContext,
    Member,
    Types,
)

MAX_DEPTH = 32
# Where cached parts are in an entry; further down none is looked up, so that no document can make work of it.
_KEPT_DEPTH = 3
_BLANK = "_:b"

_NO_TYPES: Types = ((), ())

_FIRST, _REST, _NIL = f" <{RDF}first> ", f" <{RDF}rest> ", f"<{RDF}nil>"

_is_uri = ABSOLUTE_URI.match
# In C, and nothing but a pair of quotes around printable ASCII; any other character leaves a backslash.
_quote = encode_basestring_ascii


def statements(document: Any, initial: ActiveContext, *, skip_empty: bool = False) -> Dataset:
    """Return the statements of a document. Raises NotCanonical for anything that would not be signed.

    An empty array makes no statement, or an empty list; libraries write it alike, and nothing can be hidden
    in it. In our own documents it is refused nevertheless; `skip_empty` accepts it in those of others.
    """
    if not isinstance(document, dict):
        raise NotCanonical("the document is not an object")
    walk = _Walk(skip_empty=skip_empty)
    walk.node(document, initial, "", 0)
    walk.refuse_twofold()
    if not (walk.lines or walk.quads or any(walk.said.values())):
        raise NotCanonical("the document says nothing")
    return Dataset(walk.lines, walk.said, walk.quads, walk.hashes)


class _Walk:
    """One walk over one document, and what it has found so far."""

    __slots__ = (
        "blank_nodes", "hashes", "is_part", "lines", "natives", "parts", "prefix", "quads", "said",
        "skip_empty", "texts",
    )  # fmt: skip

    def __init__(self, prefix: str = _BLANK, *, skip_empty: bool = False) -> None:
        """Begin empty. Blank nodes are named by the prefix and a number."""
        self.skip_empty = skip_empty
        self.lines: list[str] = []
        self.said: dict[str, list[str]] = {}
        self.quads: list[Quad] = []
        self.hashes: dict[str, str] = {}
        self.natives: list[str] = []
        self.texts: list[str] = []
        self.parts: list[Part] = []
        self.prefix, self.is_part = prefix, prefix != _BLANK
        self.blank_nodes = 0

    def node(self, node: dict[str, Any], context: ActiveContext, graph: str, depth: int) -> str:
        """Add the statements of a node object, and return its name (5.1.2, steps 9 to 14)."""
        if depth > MAX_DEPTH:
            raise NotCanonical(f"deeper than {MAX_DEPTH} objects")
        if "@context" in node:  # step 9
            context = context.local(node["@context"])
        types = _NO_TYPES
        if "type" in node:  # step 11
            value = node["type"]
            only = value[0] if value.__class__ is list and len(value) == 1 else value
            context, types = (only.__class__ is str and context.types.get(only)) or context.typed(value)
        value = node.get("id")
        if value.__class__ is str and context.takes_ids and _is_uri(value):
            subject = f"<{value}>"
        else:
            subject = self._identifier(value, context) if "id" in node else self._blank_node()
        if graph:
            self._say_in_graph(subject, types, node, context, graph, depth)
        else:
            self._say(subject, types, node, context, depth)
        return subject

    def _say(  # noqa: C901, PLR0912 - nearly all the time goes by in this loop, where calls are dear
        self, subject: str, types: Types, node: dict[str, Any], context: ActiveContext, depth: int
    ) -> None:
        """Add the statements of an object (5.1.2, step 13)."""
        if subject[0] == "_":
            start = ""
            lines = self.said[subject] = [*types[1]]
        else:
            start, lines = subject, self.lines
            for said in types[1]:
                lines.append(subject + said)
        members = context.members
        for name, value in node.items():
            try:
                member = members[name]
            except KeyError:
                member = context.member(name)
            kind = member.kind
            if value.__class__ is str and kind < CLOSER:
                if kind <= TYPED:
                    item = _quote(value)
                    if "\\" in item:  # it has more than printable ASCII
                        item = literals.text(value, member)
                    if kind == TYPED:
                        item += member.suffix
                        self.texts.append(item)
                elif kind == IRI and _is_uri(value):
                    item = f"<{value}>"
                else:
                    item = self._from_text(member, value)
                lines.append(f"{start}{member.predicate}{item} .\n")
            elif kind != KEYWORD:
                values = value if value.__class__ is list else (value,)
                if kind == CLOSER or not values:
                    values = self._objects(member, value, "", depth)
                for each in values:
                    if each.__class__ is dict and member.inner and len(each) > 1 and "@value" not in each:
                        item = (self._part if member.is_shared else self.node)(
                            each, member.inner, "", depth + 1
                        )
                    else:
                        item = each if kind == CLOSER else self._object(member, each, "", depth)
                    if item[0] == "_":
                        self.quads.append((subject, member.predicate, item, ""))
                    else:
                        lines.append(f"{start}{member.predicate}{item} .\n")

    def _part(self, node: dict[str, Any], context: ActiveContext, graph: str, depth: int) -> str:
        """Add the statements of an object that may have been met before, in this document or in others."""
        part = None
        if depth <= _KEPT_DEPTH and not self.is_part:
            part = context.parts.find(context, node) or self._learn(node, context, depth)
        if part is None or part in self.parts or depth + part.height > MAX_DEPTH:
            return self.node(node, context, graph, depth)
        self.parts.append(part)
        self.lines += part.says.lines
        self.said.update(part.says.said)
        self.quads += part.says.quads
        self.hashes.update(part.says.hashes)
        self.texts += part.texts
        return part.subject

    def _learn(self, node: dict[str, Any], context: ActiveContext, depth: int) -> Part | None:
        """Walk an object by itself, and cache its statements if it has an id, and nothing but texts in it."""
        value = copied(node) if node.get("id").__class__ is str else None
        if value is None:
            return None
        walk = _Walk(context.parts.new_prefix(), skip_empty=self.skip_empty)
        subject = walk.node(node, context, "", depth)
        said = {name: sorted(set(rests)) for name, rests in walk.said.items()}
        hashes = hash_first_degree(said, list(dict.fromkeys(walk.quads)))
        says = Dataset(sorted(walk.lines), said, walk.quads, hashes)
        part = Part(value, subject, height(value), says, tuple(walk.texts))
        context.parts.keep(context, part)
        return part

    def _say_in_graph(
        self,
        subject: str,
        types: Types,
        node: dict[str, Any],
        context: ActiveContext,
        graph: str,
        depth: int,
    ) -> None:
        """Add the statements of an object in a graph, whose name is found later (5.1.2, step 13)."""
        self.quads += [(subject, TYPE, iri, graph) for iri in types[0]]
        for name, value in node.items():
            member = context.members.get(name) or context.member(name)
            if value.__class__ is str and member.kind < CLOSER:
                self.quads.append((subject, member.predicate, self._from_text(member, value), graph))
            elif member.kind != KEYWORD:
                for item in self._objects(member, value, graph, depth):
                    self.quads.append((subject, member.predicate, item, graph))

    def _objects(self, member: Member, value: Any, graph: str, depth: int) -> list[str]:
        """Return the values of a member as the objects of statements (5.1.2, step 13)."""
        values = value if isinstance(value, list) else [value]
        if not values:
            if not self.skip_empty:
                raise NotCanonical(f"the member {member.name!r} is empty")
            return [_NIL] if member.in_list else []
        items = [self._object(member, item, graph, depth) for item in values]
        return [self._list(items, graph)] if member.in_list else items

    def _object(self, member: Member, value: Any, graph: str, depth: int) -> str:
        """Return one value of a member as the object of a statement (5.3, Value Expansion, and 8.2)."""
        if value.__class__ is dict and not member.in_graph:
            if "@value" in value:
                return literals.value_object(value, member)
            if len(value) == 1 and "id" in value:
                return self.node(value, member.for_reference(), graph, depth + 1)
            return self.node(value, member.inner or member.revert(), graph, depth + 1)
        if value.__class__ is dict and "@value" not in value:
            return self._graph(member, value, depth)
        if member.in_graph:
            raise NotCanonical(f"a value of the member {member.name!r} is not an object")
        if value.__class__ is str:
            return self._from_text(member, value)
        if member.coercion >= IRI:
            raise NotCanonical(f"a value of the member {member.name!r} is not an id")
        item = literals.native(value, member, member.suffix)
        if member.suffix:
            self.natives.append(item)
        return item

    def _from_text(self, member: Member, value: str) -> str:
        """Return a text as the literal or the IRI that its member's definition makes of it (5.3)."""
        if member.coercion == PLAIN:
            return literals.text(value, member)
        if member.coercion == TYPED:
            item = literals.text(value, member) + member.suffix
            self.texts.append(item)
            return item
        if member.kind == IRI and _is_uri(value):
            return f"<{value}>"
        return f"<{member.context.expand(value, member.name, vocab=member.coercion == VOCAB)}>"

    def _graph(self, member: Member, node: dict[str, Any], depth: int) -> str:
        """Put an object into a graph of its own, and return its name (5.1.2, step 13.12)."""
        name, before = self._blank_node(), len(self.quads)
        self.node(node, member.inner or member.revert(), name, depth + 1)
        if len(self.quads) == before:
            raise NotCanonical(f"a value of the member {member.name!r} says nothing")
        return name

    def _list(self, items: list[str], graph: str) -> str:
        """Return the head of a list (8.3, List to RDF Conversion)."""
        cells = [self._blank_node() for _ in items]
        for cell, item, rest in zip(cells, items, [*cells[1:], _NIL], strict=True):
            self.quads.append((cell, _FIRST, item, graph))
            self.quads.append((cell, _REST, rest, graph))
        return cells[0]

    def _identifier(self, value: Any, context: ActiveContext) -> str:
        """Return the IRI of a node object (5.1.2, step 13.4.3). A relative one would make no statement."""
        if not context.has_id:
            raise NotCanonical("no context defines the member 'id'")
        if not isinstance(value, str):
            raise NotCanonical("the member 'id' is not a text")
        return f"<{context.expand(value, 'id', vocab=False)}>"

    def _blank_node(self) -> str:
        self.blank_nodes += 1
        return f"{self.prefix}{self.blank_nodes}"

    def refuse_twofold(self) -> None:
        """Refuse a literal written once as a text and once not: two libraries would state it twice."""
        if self.natives and not set(self.natives).isdisjoint(self.texts):
            raise NotCanonical("one value is written as a number or truth value, and as a text")
