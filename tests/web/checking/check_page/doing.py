"""What people do on the check page, and a server that can be killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PIL import Image
from werkzeug.exceptions import default_exceptions

from tests.fixtures.servers import server_of
from tests.fixtures.sheets import drawn, encoded, sheet

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask
    from playwright.sync_api import FilePayload, Page

NAME = "Amara Demoson"

Visit = Callable[..., "Page"]


class Recorder:
    """A server that can be killed, and remembers all that it was asked."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        """Take the application; it is not served yet."""
        self._app = app
        self.answer: WSGIApplication = app
        self.heard: list[str] = []
        self.slow: dict[str, threading.Event] = {}
        self.broken: dict[str, int] = {}
        self._server = server_of(self._hear, port)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self._server.port}"

    def start(self) -> Recorder:
        """Answer from now on."""
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def kill(self) -> None:
        """Answer nothing any more."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
            self._server.server_close()

    def _hear(self, environ: dict[str, Any], start_response: Any) -> Any:
        said = [environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("HTTP_REFERER", "")]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            said.append(f"a body of {length} bytes")
        self.heard.append(" ".join([environ["REQUEST_METHOD"], *said]).strip())
        for start, status in self.broken.items():
            if environ["PATH_INFO"].startswith(start):
                return self._fail(status, environ, start_response)
        if environ["PATH_INFO"] in self.slow:
            self.slow[environ["PATH_INFO"]].wait(30)  # a test that fails before it sets this must end
        return self.answer(environ, start_response)

    def _fail(self, status: int, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer with the application's own page of an error."""
        with self._app.request_context(environ):
            answer = self._app.make_response(self._app.handle_user_exception(default_exceptions[status]()))
            return answer(environ, start_response)


def scan(page: Page) -> str:
    """Press the button and wait for the answer's heading."""
    page.get_by_role("button", name="Scan with the camera").click()
    return answer(page)


def paste(page: Page, text: str) -> str:
    """Paste a text on the page, beside any field."""
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }""",
        text,
    )
    return answer(page)


def answer(page: Page) -> str:
    """The heading of the answer, which has the focus."""
    page.locator("h1:focus").wait_for()
    assert page.locator("h1:visible").count() == 1
    return page.locator("h1:visible").inner_text()


def another(page: Page) -> None:
    """Leave the answer; that is a step back in the tab's history, which takes its moment."""
    page.get_by_role("button", name="Check another code").click()
    page.locator(".sp-answered").wait_for(state="detached")


def beside_the_page(heard: list[str]) -> list[str]:
    """What was asked for beside what every such page loads, whenever the browser comes to it."""
    kept = ("/check", "/check.webmanifest", "/sw.js", "/programme.css", "/registry.json", "/bundle.json")

    def is_loaded(method: str, path: str, query: str = "", *_more: str) -> bool:
        return method == "GET" and (path.startswith("/static/") or (path in kept and not query))

    return [line for line in heard if not is_loaded(*line.split(" "))]


def another_digit(printed: str) -> str:
    return printed[:-1] + str((int(printed[-1]) + 1) % 10)


def photo(*texts: str) -> FilePayload:
    return {"name": "sheet.jpg", "mimeType": "image/jpeg", "buffer": encoded(sheet(texts), "JPEG")}


def clear_picture(text: str) -> FilePayload:
    """Black squares on a ground that is not there, as websites and drawing programs save a code."""
    code = drawn(text)
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))
    return {"name": "code.png", "mimeType": "image/png", "buffer": encoded(clear)}
