"""What a browser calls itself, in the two words that people know it by."""

from __future__ import annotations

# the first that fits: most browsers also name those that they descend from
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """The browser's name, or nothing for one that we do not know."""
    return _first(BROWSERS, user_agent)


def system_of(user_agent: str) -> str:
    """The device's system, or nothing for one that we do not know."""
    return _first(SYSTEMS, user_agent)


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in known if sign in user_agent), "")
