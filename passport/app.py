"""Build one Flask application from a runtime, the jobs and the web package. The only wiring."""

from __future__ import annotations

from typing import TypeVar

from flask import Flask

from passport import web
from passport.config import ROOT, configure_logging
from passport.jobs import queue as job_queue
from passport.services.core.errors import NotReady
from passport.services.core.runtime import Runtime, read_secrets

LARGEST_REQUEST = 64 * 1024
Ran = TypeVar("Ran")


class Application(Flask):
    """Flask without its check of each function for being async: none of ours is."""

    def ensure_sync(self, func: Ran) -> Ran:
        """Return the function unchanged."""
        return func


def create_app(runtime: Runtime) -> Flask:
    """Build the application. Raises NotReady where the instance has no secret for its cookies."""
    app = Application(
        "passport",
        root_path=str(ROOT / "passport"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "passport" / "static"),
    )
    configure_logging()
    app.secret_key, *older = _secrets(runtime)
    app.config["SECRET_KEY_FALLBACKS"] = older
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.extensions["passport"] = runtime
    app.extensions[job_queue.EXTENSION] = job_queue.Jobs(runtime)
    web.register(app)
    return app


def _secrets(runtime: Runtime) -> tuple[str, ...]:
    file = runtime.settings.secret_file
    try:
        return read_secrets(file)
    except (OSError, ValueError) as error:
        raise NotReady(f"{file.name} in the instance folder cannot be read: {error}") from error
