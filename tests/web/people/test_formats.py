"""What people who write a reader of printed codes find without asking."""

import re

from tests.web.conftest import Arrive


def test_help_leads_to_the_format_and_to_everything_that_a_reader_needs(arrive: Arrive) -> None:
    visitor = arrive()
    assert "/help/formats" in visitor.read("/help")
    page = visitor.read("/help/formats")
    linked = set(re.findall(r'href="(/static/formats/[^"]+)"', page))
    assert {link.rpartition("/")[2] for link in linked} == {
        "printed-code.md",
        "read_printed_code.py",
        "vector.json",
    }
    for link in linked:
        answer = visitor.open(link)
        assert (answer.status_code, bool(answer.data)) == (200, True), link
