"""RDF Dataset Canonicalization, RDFC-1.0 with SHA-256, over a dataset that is written as texts.

IRIs are in angle brackets, literals as in N-Quads, blank nodes as `_:…`, a predicate between two spaces; all
of it spelt in UTF-8, one character a byte (`octets`). The name of each blank node is computed from the
statements about it, so that two documents that say the same get the same text.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from .errors import NotCanonical

# Subject, predicate, object, graph; the default graph is empty.
Quad = tuple[str, str, str, str]
# The statements about each blank node by itself: predicate and object, up to the end of the line.
Said = dict[str, list[str]]

# Limit of quads processed while distinguishing similar blank nodes. Our documents need none; a document made
# to take for ever is stopped here (7.1, Dataset Poisoning).
MAX_WORK = 20_000


@dataclass
class Dataset:
    """The statements of a document: final lines, statements about each blank node, and all other quads.

    Only the other quads have blank nodes as objects, two of them, or a graph. The hashes are those of blank
    nodes of which everything is known already.
    """

    lines: list[str] = field(default_factory=list)
    said: Said = field(default_factory=dict)
    quads: list[Quad] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def octets(text: str) -> str:
    """Spell a text in UTF-8, one character a byte: the order of bytes is that of code points."""
    return text if text.isascii() else text.encode().decode("latin-1")


def canonical_nquads(dataset: Dataset) -> bytes:
    """Return the canonical N-Quads of a dataset, which is a set (4.4.3), and consume it.

    Raises NotCanonical when blank nodes are so similar that distinguishing them takes too long.
    """
    lines = dataset.lines
    said = {node: sorted(set(rests)) for node, rests in dataset.said.items()}
    quads = dataset.quads
    hashes = _hash_leaves(said, quads, dataset.hashes)
    if hashes is None:
        quads = list(dict.fromkeys(quads))
        hashes = hash_first_degree(said, quads)
    names = _names(hashes, quads)
    for subject, predicate, item, graph in quads:
        rest = f"{predicate}{names.get(item, item)}{f' {names[graph]}' if graph else ''} .\n"
        if subject[0] == "_":
            insort(said.setdefault(subject, []), rest)
        else:
            lines.append(subject + rest)
    lines.sort()
    if len(set(lines)) < len(lines):
        lines = sorted(set(lines))
    for node in sorted(said, key=names.__getitem__):  # any "_" comes after any "<"
        if said[node]:
            name = names[node]
            lines.append(name + name.join(said[node]))
    return "".join(lines).encode("latin-1")


def _names(hashes: dict[str, str], quads: list[Quad]) -> dict[str, str]:
    """Issue a canonical identifier for each blank node (4.4.3, steps 3 to 5)."""
    if len(set(hashes.values())) < len(hashes):
        return _Canonicalization(hashes, quads).names()
    nodes = sorted(hashes, key=hashes.__getitem__)
    return {node: f"_:c14n{number}" for number, node in enumerate(nodes)}


class _Canonicalization:
    """The canonicalization state (4.3): quads of each blank node, their hashes, and the names issued."""

    def __init__(self, first_degree: dict[str, str], quads: list[Quad]) -> None:
        self.quads, self.first_degree = quads, first_degree
        self.quads_of: dict[str, list[Quad]] = {}
        self.issued: dict[str, str] = {}
        self.work_left = MAX_WORK

    def names(self) -> dict[str, str]:
        """Issue the identifiers where some blank nodes have the same hash (4.4.3, steps 3 to 5)."""
        alike: dict[str, list[str]] = {}
        for node, digest in self.first_degree.items():
            alike.setdefault(digest, []).append(node)
        groups = [nodes for _, nodes in sorted(alike.items())]
        for nodes in groups:  # step 4: first-degree hashes distinguish most of them
            if len(nodes) == 1:
                self._issue(nodes[0])
        self._gather()
        for nodes in groups:  # step 5: the others need n-degree hashes
            if len(nodes) > 1:
                self._name_alike(nodes)
        return self.issued

    def _gather(self) -> None:
        """Map each blank node to its quads with others (4.4.3, step 2); the rest is in its hash already."""
        self.quads_of = {node: [] for node in self.first_degree}
        for quad in self.quads:
            for node in {quad[0], quad[2], quad[3]} & self.first_degree.keys():
                self.quads_of[node].append(quad)

    def _issue(self, node: str) -> None:
        """Issue an identifier (4.5, Issue Identifier)."""
        if node not in self.issued:
            self.issued[node] = f"_:c14n{len(self.issued)}"

    def _name_alike(self, nodes: list[str]) -> None:
        """Name nodes in the order of their hashes, and the nodes met on the way (4.4.3, step 5)."""
        results = [self._hash_n_degree(node, {node: "_:b0"}) for node in nodes if node not in self.issued]
        for _, path_issued in sorted(results, key=lambda result: result[0]):
            for node in path_issued:  # in the order in which they were issued
                self._issue(node)

    def _hash_n_degree(self, node: str, path_issued: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Hash a blank node with its neighbours (4.8, Hash N-Degree Quads)."""
        data = ""
        for digest, related in sorted(self._related(node, path_issued).items()):  # steps 3 and 5
            chosen: tuple[str, dict[str, str]] | None = None
            for permutation in self._permutations(related):  # step 5.4
                chosen = self._follow(permutation, path_issued, chosen)
            assert chosen is not None  # noqa: S101 - a list of related nodes has at least one permutation
            path, path_issued = chosen
            data += digest + path
        return _hash([data]), path_issued

    def _related(self, node: str, path_issued: dict[str, str]) -> dict[str, list[str]]:
        """Return the neighbours of a blank node by how they are related to it (4.8.3, step 3)."""
        self._spend(1 + len(self.quads_of[node]))
        related: dict[str, list[str]] = {}
        for subject, predicate, item, graph in self.quads_of[node]:
            iri = predicate.strip()
            for other, position in (subject, f"s{iri}"), (item, f"o{iri}"), (graph, "g"):
                if other[:1] == "_" and other != node:  # 4.7, Hash Related Blank Node
                    known = self.issued.get(other) or path_issued.get(other) or self.first_degree[other]
                    related.setdefault(_hash([position, known]), []).append(other)
        return related

    def _follow(
        self,
        permutation: list[str],
        path_issued: dict[str, str],
        chosen: tuple[str, dict[str, str]] | None,
    ) -> tuple[str, dict[str, str]] | None:
        """Walk one permutation; return the better of its path and the chosen one (4.8.3, 5.4.1 to 5.4.6)."""
        self._spend(len(permutation))
        issued, path, recursion = dict(path_issued), "", []
        for node in permutation:  # 5.4.4
            if node in self.issued:
                path += self.issued[node]
            else:
                if node not in issued:
                    recursion.append(node)
                    issued[node] = f"_:b{len(issued)}"
                path += issued[node]
            if chosen and path > chosen[0]:  # with any continuation, its path sorts after the chosen one
                return chosen
        for node in recursion:  # 5.4.5
            digest, result = self._hash_n_degree(node, issued)
            path += f"{issued[node]}<{digest}>"
            issued = result
            if chosen and path > chosen[0]:
                return chosen
        return (path, issued) if chosen is None or path < chosen[0] else chosen  # 5.4.6

    def _permutations(self, nodes: list[str]) -> Iterator[list[str]]:
        """Return each order once, also when a node is in the list several times."""
        counts: dict[str, int] = {}
        for node in nodes:
            counts[node] = counts.get(node, 0) + 1
        return self._orders(counts, [], len(nodes))

    def _orders(self, counts: dict[str, int], order: list[str], length: int) -> Iterator[list[str]]:
        self._spend(1)
        if len(order) == length:
            yield order
        for node, count in counts.items():
            if count:
                counts[node] -= 1
                order.append(node)
                yield from self._orders(counts, order, length)
                order.pop()
                counts[node] += 1

    def _spend(self, work: int) -> None:
        self.work_left -= work
        if self.work_left < 0:
            raise NotCanonical("too many things without an id that look alike")


def hash_first_degree(said: Said, quads: list[Quad]) -> dict[str, str]:
    """Hash the statements about each blank node, itself being _:a and all others _:z (4.6)."""
    own: Said = defaultdict(list)
    others: Said = defaultdict(list)
    for subject, predicate, item, graph in quads:
        name = " _:z" if graph else ""
        source, target = subject, "_:z" if item[0] == "_" else item
        if subject[0] == "_":
            source = "_:z"
            own[subject].append(f"{predicate}{'_:a' if item == subject else target}{name} .\n")
        if target == "_:z" and item != subject:
            others[item].append(f"{source}{predicate}_:a{name} .\n")
        if graph:
            others[graph].append(f"{source}{predicate}{target} _:a .\n")
    hashes = {}
    for node in said | own | others:
        rests = sorted([*said.get(node, ()), *own[node]]) if node in own else said.get(node)
        text = "_:a" + "_:a".join(rests) if rests else ""
        if node in others:  # no other line begins with _:a
            text = "".join(sorted([text, *others[node]]))
        hashes[node] = sha256(text.encode("latin-1")).hexdigest()
    return hashes


def _hash_leaves(said: Said, quads: list[Quad], known: dict[str, str]) -> dict[str, str] | None:
    """Hash as in 4.6 if each blank node has statements and is the object of exactly one named subject.

    This holds in nearly all documents. The one line with `<` comes before those with `_`. Returns None for
    any other dataset.
    """
    if len(quads) != len(said):
        return None
    hashes: dict[str, str] = {}
    for subject, predicate, item, graph in quads:
        rests = said.get(item)
        if subject[0] == "_" or graph or not rests or item in hashes:
            return None
        if item in known:
            hashes[item] = known[item]
        else:
            text = f"{subject}{predicate}_:a .\n_:a{'_:a'.join(rests)}"
            hashes[item] = sha256(text.encode("latin-1")).hexdigest()
    return hashes


def _hash(lines: list[str]) -> str:
    return sha256("".join(lines).encode("latin-1")).hexdigest()
