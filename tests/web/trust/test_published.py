"""The signed public files, as clients of other makes ask for them."""

from passport.app import create_app
from tests.fixtures.towns import Town

LIST = "/status/1/suspension"
SENT = {
    "": "application/vc",
    "*/*": "application/vc",
    "application/*": "application/vc",
    "text/html,application/xhtml+xml,*/*;q=0.8": "application/vc",
    "text/html": "application/vc",
    "no type": "application/vc",
    "application/vc+jwt": "application/vc",
    "application/vc": "application/vc",
    "application/json": "application/json",
    "application/json, text/plain, */*": "application/json",
    "application/vc;q=0.5, application/json": "application/json",
    "application/ld+json, application/json;q=0.9": "application/ld+json",
    "application/vc+ld+json, application/json;q=0.9, */*;q=0.1": "application/vc+ld+json",
}
"""What a status list is sent as, by what was asked for."""


def test_a_status_list_has_the_media_type_that_was_asked_for(town: Town) -> None:
    client = create_app(town.runtime).test_client()
    town.runtime.public.write(LIST[1:], b"{}")
    for asked, sent in SENT.items():
        headers = {"Accept": asked} if asked else {}
        answer = client.get(LIST, headers=headers, buffered=True)
        assert (answer.status_code, answer.mimetype, answer.data) == (200, sent, b"{}"), asked
        known = {**headers, "If-None-Match": answer.headers["ETag"]}
        again = client.get(LIST, headers=known, buffered=True)
        assert (again.status_code, "Accept" in answer.vary, "Accept" in again.vary) == (304, True, True)
    town.runtime.public.write("registry.json", b"{}")
    assert "Accept" not in client.get("/registry.json", buffered=True).vary, "a file of one form"
