"""Active contexts, made from the compiled tables (JSON-LD 1.1 Processing Algorithms and API, section 4).

The term definitions of every context, also of those scoped to a type or a property, are in a table. An active
context is one such table laid over another. Which are needed depends on the documents, so they are made when
first needed and cached, up to a bound: beyond it they are rebuilt each time.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import NotCanonical, NotCovered, UnknownContext
from .parts import Parts
from .rdfc import octets

# An absolute IRI as all implementations read it; nothing in it can end the IRIREF of N-Quads or hide.
ABSOLUTE_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    r"[^\x00-\x20<>\"{}|\\^`\x7f-\xa0\s\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]+\Z"
)
# A faster pattern of absolute IRIs for texts in ASCII, which nearly all are.
ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+:[!#-;=?-\[\]_a-z~]++\Z")
MAX_KEPT = 2_000
_MAX_NAMES, _MAX_KEY = 16, 1_000

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = f" <{RDF}type> "
# Recurring in many documents, and so worth caching: the skill of a framework, and the endorser.
_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_SHARED = frozenset({f"{_OB}achievement", f"{_OB}source"})
_XSD_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

# What a text of a member becomes: a plain literal, one with a datatype, an IRI, an IRI or a term (5.3, Value
# Expansion). Containers, and ids where prefixes are defined, need more work; keywords are handled separately.
PLAIN, TYPED, IRI, VOCAB, CLOSER, KEYWORD = range(6)
_COERCIONS = {"": PLAIN, _XSD_STRING: PLAIN, "@id": IRI, "@vocab": VOCAB}

# The types of an object: the IRI of each, and each statement with one after its subject.
Types = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Layer:
    """The term definitions of one context, and its @vocab."""

    definitions: Mapping[str, "Definition"]
    vocab: str | None = None


@dataclass(frozen=True)
class Definition:
    """A term definition (4.2, Create Term Definition). A scoped context of None clears what was defined."""

    iri: str = ""
    protected: bool = False
    prefix: bool = False
    coercion: str = ""
    container: tuple[str, ...] = ()
    is_scoped: bool = False
    scoped: Layer | None = None
    unsupported: str | None = None


class Member:
    """The meaning of one name of an object in one active context."""

    __slots__ = (
        "coercion", "context", "in_graph", "in_list", "inner", "is_shared", "kind", "name", "predicate",
        "suffix",
    )  # fmt: skip

    def __init__(self, name: str, context: "ActiveContext", coercion: int, iri: str = "") -> None:
        """Hold the predicate; the context is that of its values (a property-scoped one laid over)."""
        self.name, self.context, self.coercion, self.kind = name, context, coercion, coercion
        self.predicate, self.suffix = f" <{octets(iri)}> ", ""
        self.in_list = self.in_graph = False
        self.is_shared = iri in _SHARED
        self.inner: ActiveContext | None = None  # once it is known

    def contain(self, container: tuple[str, ...]) -> None:
        """Record the @container; what is in a @set needs nothing further."""
        self.in_list, self.in_graph = "@list" in container, "@graph" in container
        if self.in_list or self.in_graph or (self.coercion == IRI and self.context.prefixes):
            self.kind = CLOSER

    def revert(self) -> "ActiveContext":
        """Return the active context for an object that is a value of this member (5.1.2, steps 7 and 8)."""
        self.inner = self._scoped(self.context.previous or self.context)
        return self.inner

    def for_reference(self) -> "ActiveContext":
        """Return the active context for a value that has an id alone, which does not revert (step 7)."""
        return self._scoped(self.context)

    def _scoped(self, context: "ActiveContext") -> "ActiveContext":
        """Lay the property-scoped context, if there is one, over a context (step 8)."""
        definition = self.context.definitions.get(self.name)
        if definition is None or not definition.is_scoped:
            return context
        return context.process(definition.scoped, override=True)


class ActiveContext:
    """The meaning of names at one place of a document (section 4.1). Immutable."""

    def __init__(
        self,
        memory: "_Memory",
        definitions: Mapping[str, Definition],
        vocab: str | None = None,
        previous: "ActiveContext | None" = None,
    ) -> None:
        """Hold the definitions, and the context to go back to when a nested object begins."""
        self.definitions, self.vocab, self.previous = definitions, vocab, previous
        self.prefixes = {term: held.iri for term, held in definitions.items() if held.prefix}
        self.members = {"@context": Member("@context", self, KEYWORD)}
        for name in ("id", "type"):
            if name in definitions and definitions[name].iri == f"@{name}":
                self.members[name] = Member(name, self, KEYWORD)
        self.has_id, self.has_type = "id" in self.members, "type" in self.members
        self.takes_ids = self.has_id and not self.prefixes  # absolute ones as they are
        self._memory, self.parts = memory, memory.parts
        self.types: dict[Any, tuple[ActiveContext, Types]] = {}  # the cached results of `typed`
        self._local: dict[Any, ActiveContext] = {}

    def process(
        self, layer: Layer | None, *, propagate: bool = True, override: bool = False
    ) -> "ActiveContext":
        """Lay a context over this one (4.1.2). Raises NotCanonical when it redefines a protected term."""
        previous = self.previous if propagate else self.previous or self
        if layer is None:  # step 5.1, which only property-scoped contexts reach here
            return self._memory.initial
        definitions = dict(self.definitions)
        for term, definition in layer.definitions.items():
            held = definitions.get(term)
            if held is not None and held.protected and not override:  # 4.2.2, step 27
                if held != replace(definition, protected=True):
                    raise NotCanonical(f"a context defines {term!r} anew, which is protected")
            else:
                definitions[term] = definition
        return ActiveContext(self._memory, definitions, layer.vocab or self.vocab, previous)

    def local(self, value: Any) -> "ActiveContext":
        """Return the active context within an object whose @context is this value (5.1.2, step 9)."""
        key = tuple(value) if isinstance(value, list) else value
        try:
            held = self._local.get(key)
        except TypeError as error:
            raise UnknownContext("we do not know the context that is written into the document") from error
        return held or self._memory.once(self._local, key, lambda: self._process_urls(_names(key)))

    def typed(self, value: Any) -> tuple["ActiveContext", Types]:
        """Return the active context in an object of these types, and their statements (5.1.2, step 11)."""
        key = value if not isinstance(value, list) else value[0] if len(value) == 1 else tuple(value)
        try:
            held = self.types.get(key)
        except TypeError as error:
            raise NotCanonical("a type is not a text") from error
        return held or self._memory.once(self.types, key, lambda: self._process_types(_names(key)))

    def member(self, name: str) -> Member:
        """Return the meaning of a name. Raises NotCanonical when no context defines it."""
        return self.members.get(name) or self._memory.once(self.members, name, lambda: self._compile(name))

    def expand(self, text: str, member: str, *, vocab: bool) -> str:
        """Return an absolute IRI, in octets (5.2, IRI Expansion). Raises NotCanonical when it is not one."""
        if vocab and text in self.definitions:
            expanded = self.definitions[text].iri
        else:
            prefix, colon, suffix = text.partition(":")
            if colon and prefix in self.prefixes and not suffix.startswith("//"):
                expanded = self.prefixes[prefix] + suffix
            elif vocab and self.vocab and not colon and not text.startswith("@"):
                expanded = self.vocab + text
            else:
                expanded = text
        if not ABSOLUTE_IRI.match(expanded):
            raise NotCovered(
                f"{member!r} is no absolute id, and no type that a context defines: {text!r:.200}",
                f"the {member} {text!r:.200}",
            )
        return octets(expanded)

    def _process_urls(self, urls: tuple[Any, ...]) -> "ActiveContext":
        active = self
        for url in urls:
            layer = self._memory.layers.get(url) if isinstance(url, str) else None
            if layer is None:
                raise UnknownContext(f"we do not know the context {url!r:.200}")
            active = active.process(layer)
        return active

    def _process_types(self, types: tuple[Any, ...]) -> tuple["ActiveContext", Types]:
        if not self.has_type:
            raise NotCanonical("no context defines the member 'type'")
        if not all(isinstance(name, str) for name in types):
            raise NotCanonical("a type is not a text")
        active = self
        for name in sorted(set(types)):
            definition = self.definitions.get(name)
            if definition is not None and definition.is_scoped:
                active = active.process(definition.scoped, propagate=False)
        iris = tuple(f"<{self.expand(name, 'type', vocab=True)}>" for name in types)
        return active, (iris, tuple(f"{TYPE}{iri} .\n" for iri in iris))

    def _compile(self, name: str) -> Member:
        definition = self.definitions.get(name)
        if definition is None:
            if not self.vocab or name.startswith("@") or ":" in name:
                raise NotCovered(f"no context defines the member {name!r:.200}", f"the member {name!r:.200}")
            definition = Definition(self.vocab + name)
        if not ABSOLUTE_IRI.match(definition.iri):
            raise NotCanonical(f"the member {name!r} stands for a keyword")
        context = self.process(definition.scoped, override=True) if definition.is_scoped else self
        # A value is coerced as its own context says (5.3), which a scoped one may have changed.
        within = definition if context is self else context.definitions.get(name, Definition())
        coercion, unsupported = within.coercion, definition.unsupported or within.unsupported
        if unsupported or coercion == _XSD_DOUBLE:  # implementations rewrite some texts of this type
            raise NotCanonical(f"the member {name!r} is defined with {unsupported or coercion}: not signed")
        member = Member(name, context, _COERCIONS.get(coercion, TYPED), definition.iri)
        if member.coercion == TYPED:
            member.suffix = f"^^<{self.expand(coercion, name, vocab=True)}>"
        member.contain(definition.container)
        return member


class _Memory:
    """The initial context, and everything made from it; when full, it computes without caching."""

    def __init__(self, layers: Mapping[str, Layer], lock: threading.RLock) -> None:
        self.layers, self._lock, self._kept = layers, lock, 0
        self.parts = Parts()
        self.initial = ActiveContext(self, {})

    @property
    def is_full(self) -> bool:
        return self._kept >= MAX_KEPT

    def once(self, table: dict[Any, Any], key: Any, make: Any) -> Any:
        """Compute what is missing in a table, one thread at a time."""
        with self._lock:
            if key in table:
                return table[key]
            made = make()
            if not self.is_full and len(repr(key)) <= _MAX_KEY:
                table[key] = made
                self._kept += 1
            return made


class Tables:
    """The starting point of a walk, and what was made from the contexts so far. Thread-safe."""

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        """Take the definitions of each known context by its address."""
        self._layers = layers
        self._lock = threading.RLock()
        self._memory = _Memory(self._layers, self._lock)

    def initial(self) -> ActiveContext:
        """Return the initial context, with an empty cache when the last one was filled up."""
        if self._memory.is_full:
            self._memory = _Memory(self._layers, self._lock)
        return self._memory.initial


def layers(compiled: Mapping[str, Any]) -> Mapping[str, Layer]:
    """Read the compiled tables, one for the address of each context."""
    return {url: _layer(table) for url, table in compiled.items()}


def _names(key: Any) -> tuple[Any, ...]:
    """Return the types of an object, or its contexts. Raises NotCanonical for none, or for too many."""
    names = key if isinstance(key, tuple) else (key,)
    if not 1 <= len(names) <= _MAX_NAMES:
        raise NotCanonical("@context or a type is empty, or too long")
    return names


def _layer(table: Mapping[str, Any]) -> Layer:
    return Layer({term: _definition(said) for term, said in table["terms"].items()}, table.get("vocab"))


def _definition(said: Mapping[str, Any]) -> Definition:
    scoped = said.get("context")
    return Definition(
        iri=said.get("iri", ""),
        protected=said.get("protected", False),
        prefix=said.get("prefix", False),
        coercion=said.get("type", ""),
        container=tuple(said.get("container", ())),
        is_scoped="context" in said,
        scoped=None if scoped is None else _layer(scoped),
        unsupported=said.get("unsupported"),
    )
