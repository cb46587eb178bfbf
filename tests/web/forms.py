"""Fills in the form of a page as a browser would: the last choice of each question, words in each box."""

from __future__ import annotations

from html.parser import HTMLParser

# what is typed in a box without a value, by its name; any other box gets WORDS
TYPED: dict[str, str | list[str]] = {
    "email": "newcomer@example.test",
    "slug": "cobaltworks",
    "hours": "2",
    "hour": "9",
    "since": ["1", "9", "2027"],
    "until": ["31", "10", "2027"],
    "starts": ["1", "9", "2026"],
    "ends": ["31", "7", "2027"],
    "held_on": ["10", "3", "2026"],
    "decided_on": ["10", "3", "2026"],
    "born_on": ["6", "5", "2011"],
    "name": "Another Name",
    "first_name": "Another",
    "job_title": "Fitter",
    "group": "All",
    "password": "correct horse battery",
    "class_code": "BCDF-GHJK",
    "pupil_code": "BCDFGH",
    "number": "123456",
    "most": "30",
    "first_year": "6",
    "last_year": "8",
    "year_group": "7",
    "students": "24",
    "adults": "3",
    "came": "23",
    "lessons": "2",
    "team": "5",
    "phone": "01632 960001",
    "school_phone": "01632 960001",
    "host_phone": "01632 960002",
    "from_time": "9:30",
    "to_time": "12:00",
    "film": "https://films.example.test/furnace",
    "worksheet": "https://films.example.test/sheet.pdf",
    "day": "10",
    "month": "3",
    "year": "2011",
}
WORDS = "I measured the shaft in five places and told the technician what I had found there."
Fields = dict[str, str | list[str]]


class Forms(HTMLParser):
    """Reads the forms of a page; `fields` is what a person sends who answers every question of one."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self._inside = False
        self._select = ""
        self.feed(page)

    def fields(self, address: str) -> Fields:
        """The fields of the form that posts to an address; nothing where the page has none."""
        path = address.partition("?")[0]
        found = [one for action, one in self.forms if action.partition("?")[0] in {"", path}]
        return max(found, key=len, default={})

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take a control in."""
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = given.get("method", "").lower() == "post"
            if self._inside:
                self.forms.append((given.get("action", ""), {}))
        elif self._inside and tag in {"input", "textarea", "select", "button"}:
            self._take(tag, given)
        elif self._inside and tag == "option" and given.get("value"):
            self.forms[-1][1][self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._inside = False

    def _take(self, tag: str, given: dict[str, str]) -> None:
        name, kind, value = given.get("name", ""), given.get("type", tag), given.get("value", "")
        fields = self.forms[-1][1]
        if tag == "select":
            self._select = name
        elif not name or kind in {"file", "submit", "button"}:
            return
        elif kind == "checkbox":
            ticked = fields.setdefault(name, [])
            if isinstance(ticked, list):
                ticked.append(value)
        elif kind in {"radio", "hidden"}:
            if value:
                fields[name] = value
        elif name not in fields:
            fields[name] = TYPED.get(name) or value or ("1" if name.startswith("need_") else WORDS)
