"""The queue's messages as JSON, in SQLite or Redis, and a consumer inside the web process."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from huey.api import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

TIMES = ("eta", "expires_resolved")


class JsonSerializer(Serializer):
    """Serialises messages as JSON: unpickling would execute code that anyone put into the queue."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # huey has no types

    def _serialize(self, data: Any) -> bytes:
        plain = data._asdict() if isinstance(data, Message) else data
        return json.dumps(plain, default=datetime.isoformat).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = json.loads(data)
        if isinstance(found, dict) and "name" in found:
            times = {name: datetime.fromisoformat(found[name]) for name in TIMES if found.get(name)}
            return Message(**(found | times | {"args": tuple(found["args"])}))
        return found


class EmbeddedConsumer(Consumer):
    """A consumer inside the web process; the server handles the signals."""

    def __init__(self, queue: Huey, **options: Any) -> None:
        super().__init__(queue, **options)  # type: ignore[no-untyped-call]  # huey has no types

    def _set_signal_handlers(self) -> None:
        pass


def open_queue(url: str) -> Huey:
    """Open the queue at an address; nothing runs yet."""
    options = {"results": False, "serializer": JsonSerializer(), "utc": True}
    if url.startswith("redis"):
        return RedisHuey("passport", url=url, **options)
    return SqliteHuey("passport", filename=url.removeprefix("sqlite:///"), **options)
