from collections.abc import Iterable
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from pyld.canon import URDNA2015
from pyld.nquads import parse_nquads

from passport.proofs import rdfc
from passport.proofs.errors import NotCanonical
from passport.proofs.rdfc import Dataset, Quad, canonical_nquads


def lines(quads: list[Quad]) -> str:
    return "".join(f"{s}{p}{o}{f' {g}' if g else ''} .\n" for s, p, o, g in quads)


def ours(quads: list[Quad]) -> bytes:
    dataset = Dataset()
    for quad in quads:
        subject, predicate, item, graph = quad
        if graph or item[0] == "_":
            dataset.quads.append(quad)
        elif subject[0] == "_":
            dataset.said.setdefault(subject, []).append(f"{predicate}{item} .\n")
        else:
            dataset.lines.append(lines([quad]))
    return canonical_nquads(dataset)


def pylds(quads: list[Quad]) -> bytes:
    algorithm: Any = URDNA2015()
    text: str = algorithm.main(parse_nquads(lines(quads)), {"format": "application/n-quads"})
    return text.encode()


def a_graph(random: Random) -> list[Quad]:
    """A small graph of few names, so that much looks alike."""
    nodes = [f"_:n{number}" for number in range(random.randint(1, 5))]
    subjects, items = [*nodes, "<urn:a>"], [*nodes, *nodes, "<urn:a>", '"x"']
    graphs = ["", "", "", nodes[-1], "_:g"] if random.random() < 0.4 else [""]
    predicates = [" <urn:p> ", " <urn:q> "][: random.randint(1, 2)]
    drawn = [
        (random.choice(subjects), random.choice(predicates), random.choice(items), random.choice(graphs))
        for _ in range(random.randint(1, 9))
    ]
    # PyLD counts a statement twice in which one blank node stands twice. No document makes such a one.
    return [quad for quad in drawn if len({*quad[2:], quad[0]}) == 3]


@pytest.mark.parametrize("seed", range(20))
def test_small_graphs_are_named_as_pyld_names_them(seed: int) -> None:
    random = Random(seed)
    for _ in range(100):
        quads = a_graph(random)
        assert ours(quads) == pylds(quads), lines(quads)


def edges(pairs: Iterable[tuple[int, int]], predicate: str = "p", graph: str = "") -> list[Quad]:
    return [(f"_:n{one}", f" <urn:{predicate}> ", f"_:n{other}", graph) for one, other in pairs]


def ring(size: int, first: int = 0) -> list[tuple[int, int]]:
    return [(first + place, first + (place + 1) % size) for place in range(size)]


def twice(pairs: list[tuple[int, int]], graphs: str = "") -> list[Quad]:
    """One graph two times, of which some statements stand in two graphs each."""
    return [
        quad
        for copy in (0, 10)
        for (one, other), graph in zip(pairs, graphs or " " * len(pairs), strict=True)
        for quad in edges([(one + copy, other + copy)], graph=f"_:{graph}{copy}" if graph != " " else "")
    ]


ALIKE = {
    "one ring": edges(ring(5)),
    "a ring both ways": edges(ring(4) + [(other, one) for one, other in ring(4)]),
    "two rings": edges(ring(3) + ring(3, 3)),
    "two rings of two sizes": edges(ring(3) + ring(4, 3)),
    "a ring and a chain": edges([*ring(4), (4, 5), (5, 6)]),
    "two things pointing to two": edges((one, other) for one in (0, 1) for other in (2, 3)),
    "three to three": edges((one, other) for one in (0, 1, 2) for other in (3, 4, 5)),
    "a prism": edges(ring(3) + ring(3, 3) + [(place, place + 3) for place in range(3)]),
    "a cube": edges(ring(4) + ring(4, 4) + [(place, place + 4) for place in range(4)]),
    "a ring in a graph": edges(ring(3), graph="_:g"),
    "the same twice, in two graphs": edges(ring(3), graph="_:g") + edges(ring(3), graph="_:h"),
    "a star, in two graphs": [
        quad for graph in ("_:g", "_:h") for quad in edges([(0, 1), (0, 2)], graph=graph)
    ],
    "three leaves, in two graphs": [
        quad for graph in ("_:g", "_:h") for quad in edges([(0, 1), (0, 2), (0, 3)], graph=graph)
    ],
    "two rings in two graphs": edges(ring(3), graph="_:g") + edges(ring(3, 3), graph="_:h"),
    "in each other's graphs": edges(ring(2), graph="_:n2") + edges(ring(2, 2), graph="_:n0"),
    "two ways about": edges(ring(4)) + edges([(0, 2), (1, 3)], "q"),
    # found by chance: in each, one step of Hash N-Degree Quads done wrongly gives other names
    "the shortest of paths": twice([(0, 3), (1, 0), (1, 4), (2, 3), (3, 2), (4, 3)]),
    "paths in graphs": twice([(0, 1), (0, 2), (1, 2), (2, 0), (2, 1)], "hggh "),
    "a path of many names": twice([(1, 5), (3, 0), (3, 4), (4, 2), (5, 1), (5, 2), (5, 3)], "ggghh g"),
    "several in one graph": twice(
        [(1, 3), (2, 0), (3, 2), (3, 4), (5, 0), (5, 1), (6, 0), (6, 5)], "hghggghg"
    ),
    "three stars": edges((star, 10 * star + leaf) for star in (1, 2, 3) for leaf in range(2)),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_looks_alike_is_named_as_pyld_names_it(name: str) -> None:
    """Whatever the order in which it is given: ours is the same for all, PyLD's for the first."""
    quads, random = ALIKE[name], Random(3)
    expected = pylds(quads)
    for _ in range(6):
        assert ours(quads) == expected
        quads = random.sample(quads, len(quads))


def test_names_do_not_depend_on_the_names_and_order_given() -> None:
    random = Random(7)
    for _ in range(300):
        quads = a_graph(random)
        names = [f"_:n{number}" for number in range(5)] + ["_:g"]
        others = dict(zip(names, random.sample(names, len(names)), strict=True))
        renamed = [(others.get(s, s), p, others.get(o, o), others.get(g, g)) for s, p, o, g in quads]
        random.shuffle(renamed)
        assert ours(renamed) == ours(quads), lines(quads)


def test_many_things_alike_beside_each_other_are_no_problem() -> None:
    quads = [("<urn:a>", " <urn:p> ", f"_:n{number}", "") for number in range(500)]
    quads += [(f"_:n{number}", " <urn:q> ", '"x"', "") for number in range(500)]
    assert ours(quads).count(b"c14n") == 1_000


@pytest.mark.parametrize("size", [8, 12, 40])
def test_graphs_made_to_take_for_ever_are_given_up(size: int) -> None:
    quads = [
        (f"_:n{one}", " <urn:p> ", f"_:n{other}", "")
        for one in range(size)
        for other in range(size)
        if one != other
    ]
    with pytest.raises(NotCanonical, match="look alike"):
        ours(quads)


@pytest.mark.parametrize(("name", "work"), [("one ring", 225), ("three stars", 96)])
def test_what_is_looked_at_is_counted(name: str, work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quads and orders, each once: the budget ends where it says, whatever the order of the quads."""
    quads, random = ALIKE[name], Random(3)
    for _ in range(3):
        monkeypatch.setattr(rdfc, "MAX_WORK", work)
        ours(quads)
        monkeypatch.setattr(rdfc, "MAX_WORK", work - 1)
        with pytest.raises(NotCanonical, match=r"^too many things without an id that look alike$"):
            ours(quads)
        quads = random.sample(quads, len(quads))


def test_what_speaks_of_itself_is_a_twice_in_its_first_degree() -> None:
    """4.6, step 3.1. PyLD counts such a statement twice, so the specification's words are the oracle."""
    hashes = rdfc.hash_first_degree(
        {}, [("_:n0", " <urn:p> ", "_:n0", ""), ("_:n0", " <urn:p> ", "_:n1", "")]
    )
    assert hashes == {
        "_:n0": sha256(b"_:a <urn:p> _:a .\n_:a <urn:p> _:z .\n").hexdigest(),
        "_:n1": sha256(b"_:z <urn:p> _:a .\n").hexdigest(),
    }
