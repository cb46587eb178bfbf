"""Documents drawn at random: known ones spoilt in every way that we could think of, and new ones.

The same seed draws the same documents.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from passport.proofs import contexts
from tests.compile_tables import compile_contexts

VECTORS = Path(__file__).parent / "vectors"
SAMPLES = VECTORS / "samples"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

# Contexts for tests: the walk must read others as well as those that we bundle.
OTHERS = {
    EXAMPLES: contexts.FOLDER / "credentials-examples-v2.jsonld",
    "https://www.w3.org/ns/cid/v1": SAMPLES / "contexts/cid-v1.jsonld",
    "https://www.w3.org/ns/did/v1": SAMPLES / "contexts/did-v1.jsonld",
}
DOCUMENTS = (
    contexts.documents()
    | contexts.external_documents()
    | {url: json.loads(path.read_text()) for url, path in OTHERS.items()}
)
COMPILED = compile_contexts(DOCUMENTS)

_WORDS = [
    "a",
    "B",
    "",
    "two words",
    "“quoted”",
    'a "b"',
    "back\\slash",
    "line\nbreak",
    "\r",
    "日本",
    "𝔘",
    "a\tb",
    "\x00",
    "\x7f",
    "\u2028",
    "\ufeff",
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "true",
    "1",
    "3.5",
    "@id",
    "@type",
    "@none",
    "Profile",
    "assertionMethod",
    "en",
    "_:b0",
    "x:y",
    "name",
    "id:x",
    "xsd:string",
]
_IRIS = [
    "urn:uuid:00000000-0000-0000-0000-000000000001",
    "did:web:a.example",
    "did:web:a.example#k",
    "https://a.example/é",
    "https://a.example/?q=1&r=2#f",
    "urn:x:y",
    "_:b0",
    "_:b1",
    "relative",
    "/path",
    "#f",
    "",
    "http://a b",
    "https://a.example/<x>",
    "https://a.example/\u00a0",
    "https://a.example/\ufeffx",
    "urn:",
    "name:x",
    "1x:y",
    "https://a.example/\\",
    "mailto:a@b.example",
    "ex:a",
    "sec:a",
    "URN:x:y",
    "https:",
    "@vocab",
]
_NUMBERS = [
    0,
    1,
    -1,
    7,
    2**53 - 1,
    2**53,
    -(2**53),
    10**21,
    10**30,
    0.5,
    3.25,
    1.0,
    -0.0,
    1e-6,
    1e-7,
    1.5e-7,
    0.1,
    1e15 + 0.5,
    9007199254740993.0,
    1e20,
    1e21,
    1.5e300,
    1 / 3,
    1.0000152587890625,
    123456.789,
    -2.5,
]
_LANGUAGES = ["en", "EN", "en-GB", "x", "not a tag", "", 5, None]
_KEYWORDS = [
    "@id",
    "@type",
    "@value",
    "@language",
    "@direction",
    "@index",
    "@graph",
    "@included",
    "@reverse",
    "@nest",
    "@json",
    "@set",
    "@list",
    "@context",
    "@none",
    "@vocab",
    "@base",
    "@protected",
]


def _terms(table: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Every term at every depth, and whether it is used as a type."""
    for term, definition in table["terms"].items():
        yield term, term[:1].isupper() or term[:1].isdigit()
        if definition.get("context"):
            yield from _terms(definition["context"])


_KNOWN = {term for table in COMPILED.values() for term in _terms(table)}
TYPES = sorted(term for term, is_type in _KNOWN if is_type)
MEMBERS = sorted(term for term, is_type in _KNOWN if not is_type and term not in ("id", "type"))


def samples() -> list[tuple[str, dict[str, Any]]]:
    """Every JSON-LD document among the samples and vectors, with and without its proof."""
    found = []
    folders = SAMPLES, VECTORS / "vc-di-eddsa", VECTORS / "1edtech-openbadges-3.0"
    for path in sorted(path for folder in folders for path in folder.rglob("*.json")):
        document = json.loads(path.read_text())
        if isinstance(document, dict) and "@context" in document and path.parent.name != "contexts":
            name = str(path.relative_to(VECTORS))
            found.append((name, document))
            if "proof" in document:
                found.append((f"{name} without proof", {k: v for k, v in document.items() if k != "proof"}))
    return found


def places(value: Any) -> Iterator[Any]:
    """Every object and array of a document, outside in."""
    if isinstance(value, dict | list):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from places(member)


class Drawing:
    """One source of drawn documents."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def value(self, depth: int = 0) -> Any:  # noqa: PLR0911
        """Any value that could stand somewhere."""
        random, kind = self.random, self.random.randrange(12)
        if kind < 3:
            return self.word()
        if kind < 5:
            return self.iri()
        if kind == 5:
            return random.choice([*_NUMBERS, True, False, None])
        if kind == 6:
            return self.value_object()
        if kind == 7 and depth < 3:
            return [self.value(depth + 1) for _ in range(random.randrange(4))]
        if kind == 8 and depth < 3:
            return {"id": self.iri()}
        return self.node(depth + 1) if depth < 3 else self.word()

    def word(self) -> str:
        """A text, now and then one that is refused."""
        return self.random.choice(_WORDS if self.random.random() < 0.2 else _WORDS[:11])

    def iri(self) -> str:
        """An absolute IRI, now and then something else."""
        return self.random.choice(_IRIS if self.random.random() < 0.2 else _IRIS[:6])

    def value_object(self) -> dict[str, Any]:
        random = self.random
        written: dict[str, Any] = {"@value": random.choice([*_WORDS, *_NUMBERS, True, None])}
        if random.random() < 0.5:
            written["@language"] = random.choice(_LANGUAGES)
        if random.random() < 0.1:
            written[random.choice(_KEYWORDS)] = random.choice(_WORDS)
        return written

    def types(self) -> Any:
        random = self.random
        types = [random.choice(TYPES) for _ in range(random.choice([1, 1, 1, 2, 3]))]
        if random.random() < 0.05:
            types.append(random.choice([*_IRIS, *_WORDS]))
        return types[0] if len(types) == 1 and random.random() < 0.5 else types

    def node(self, depth: int = 0) -> dict[str, Any]:
        """A new object of known types, with members that these mostly have."""
        random = self.random
        node: dict[str, Any] = {}
        if random.random() < 0.5:
            node["id"] = random.choice(_IRIS[:6])
        if random.random() < 0.7:
            node["type"] = types = self.types()
            scoped = [
                table["terms"][name]["context"]["terms"]
                for table in COMPILED.values()
                for name in (types if isinstance(types, list) else [types])
                if table["terms"].get(name, {}).get("context")
            ]
            for terms in scoped:
                for name in random.sample(sorted(terms), min(len(terms), random.randrange(4))):
                    if name not in ("id", "type"):
                        node[name] = self.fitting(terms[name], depth)
        for _ in range(random.randrange(3)):
            node[random.choice(["name", "description", "image", "url", "evidence"])] = self.word()
        return node

    def fitting(self, definition: dict[str, Any], depth: int) -> Any:
        """Mostly a value such as the definition asks for."""
        random = self.random
        if random.random() < 0.1:
            return self.value(depth)
        if "@graph" in definition.get("container", ()) or (random.random() < 0.4 and depth < 4):
            nodes = [self.node(depth + 1) for _ in range(random.choice([1, 1, 2]))]
            nodes += [copy.deepcopy(nodes[0])] * (random.random() < 0.2)
            return nodes[0] if len(nodes) == 1 else nodes
        if definition.get("type") in ("@id", "@vocab"):
            return random.choice(_IRIS[:6])
        return random.choice([*_WORDS[:6], 3, True, 2.5, ["a", "b"], {"@value": "c", "@language": "cy"}])

    def document(self) -> dict[str, Any]:
        """A new document."""
        random = self.random
        others = random.sample(sorted(OTHERS), random.choice([0, 0, 0, 1, 2]))
        context = [V2, *random.sample([OB, EXTENSIONS, *others], random.randrange(3 + len(others)))]
        if random.random() < 0.1:
            random.shuffle(context)
        return {"@context": context, **self.node()}

    def spoilt(self, known: list[dict[str, Any]]) -> dict[str, Any]:
        """One of the known documents with a few changes, a small one rather than a large one."""
        return self.spoil(min(self.random.choices(known, k=2), key=lambda one: len(str(one))))

    def spoil(self, document: dict[str, Any]) -> dict[str, Any]:
        """A copy with a few changes."""
        spoilt = copy.deepcopy(document)
        for _ in range(self.random.choice([1, 1, 1, 2, 2, 3, 4])):
            place = self.random.choice(list(places(spoilt)))
            (self._spoil_object if isinstance(place, dict) else self._spoil_array)(place, spoilt)
        return spoilt

    def _spoil_array(self, array: list[Any], _: dict[str, Any]) -> None:
        random, change = self.random, self.random.randrange(6)
        if change == 0:
            random.shuffle(array)
        elif change == 1 and array:
            array.append(copy.deepcopy(random.choice(array)))
        elif change == 2 and array:
            del array[random.randrange(len(array))]
        elif array and isinstance(array[0], str) and array[0] in TYPES:
            array.append(random.choice(TYPES) if random.random() < 0.9 else self.value())
        elif change == 3:
            array.append(self.value())
        elif change == 4 and array:
            array[random.randrange(len(array))] = self.value()

    def _spoil_object(self, node: dict[str, Any], whole: dict[str, Any]) -> None:  # noqa: C901, PLR0912
        random, change = self.random, self.random.randrange(14)
        name = random.choice(sorted(node)) if node else "name"
        if change == 0:
            node.pop(name, None)
        elif change == 1 and name in node:
            node[random.choice([*node, "name", *_KEYWORDS[:2], "colour", "größe", "https://a.example/p"])] = (
                node.pop(name)
            )
        elif change == 2:
            node[random.choice(MEMBERS)] = self.value()
        elif change == 3:
            node[name] = self.value()
        elif change == 4:
            node["type"] = self.types()
        elif change == 5:
            node["id"] = self.iri()
        elif change == 6:
            node.pop("id", None)
        elif change == 7 and name in node and name != "@context":
            node[name] = [node[name], *([copy.deepcopy(node[name])] * random.randrange(2))]
        elif change == 8:
            node["@context"] = random.choice(
                [V2, [V2], [V2, OB], [OB, V2], [V2, OB, EXTENSIONS], EXAMPLES, [], None, {"@vocab": "urn:x:"},
                 random.choice(sorted(OTHERS)), "https://a.example/unknown", [V2, {"x": "urn:x:y"}]]
            )  # fmt: skip
        elif change == 9:
            node[random.choice(_KEYWORDS)] = self.value()
        elif change == 10:
            node[random.choice(MEMBERS)] = copy.deepcopy(random.choice(list(places(whole))))
        elif change == 11 and isinstance(node.get("type"), list):
            node["type"].append(random.choice(TYPES))
        elif change == 12 and name in node and name != "@context":
            node[name] = self.value_object()
        elif change == 13 and isinstance(node.get(name), str):
            node[name] = self.iri() if node[name] in _IRIS or random.random() < 0.5 else self.word()
