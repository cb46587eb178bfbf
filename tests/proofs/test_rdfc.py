from random import Random
from typing import Any

import pytest
from pyld.canon import URDNA2015
from pyld.nquads import parse_nquads

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
