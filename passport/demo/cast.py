"""The demo's place and people: all fictional, with names that cannot be mistaken for real ones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from passport.db.people.accounts import Role
from passport.db.programmes.activities.menu import ActivityKind

PROGRAMME = ("brindlemoor", "Made in Brindlemoor")
CONTACT = "made-in-brindlemoor@brindlemoor.example.test"
FRAMEWORK = "Brindlemoor framework"
SIGNERS = ("Robin Fixturely, Tinderbeck Precision Ltd", "Casey Exampleby, Lanternmoor High School")

SCHOOLS = {
    "Otterbrook School": "school",
    "Quillhaven Academy": "school",
    "Lanternmoor High School": "school",
    "Thistlegate School": "school",
    "Fernwhistle Academy": "school",
    "Copperlark School": "school",
    "Meadowpip School": "special school",
    "Brindlemoor College": "college",
    "Hollowmere Sixth Form College": "college",
}

EMPLOYERS = {
    "tinderbeck": ("Tinderbeck Precision Ltd", "Engineering and manufacturing"),
    "halfmoon": ("Halfmoon Hospitals Trust", "Teaching hospitals"),
    "bitbarn": ("Bitbarn Software Co-op", "Computer science"),
    "cobaltfield": ("Cobaltfield Glassworks", "Glass manufacturing"),
    "skylark": ("Skylark Children's Hospital", "Children's hospital"),
    "marrow-and-vane": ("Marrow and Vane Stores", "Retail"),
}


@dataclass(frozen=True)
class Person:
    """A person of the cast."""

    key: str
    name: str
    role: Role
    place: str = ""
    school: str = ""
    year_group: int = 0
    job_title: str = ""

    @property
    def first_name(self) -> str:
        """Return the first word of the name."""
        return self.name.split()[0]

    @property
    def email(self) -> str:
        """Return an e-mail address to which mail cannot be delivered."""
        return self.name.lower().replace(" ", ".") + "@brindlemoor.example.test"


STUDENTS = (
    Person("amara", "Amara Demoson", Role.STUDENT, "tinderbeck", "Lanternmoor High School", 10),
    Person("alex", "Alex Sampleton", Role.STUDENT, "tinderbeck", "Otterbrook School", 9),
    Person("priya", "Priya Testwell", Role.STUDENT, "halfmoon", "Quillhaven Academy", 11),
    Person("jordan", "Jordan Mockford", Role.STUDENT, "halfmoon", "Quillhaven Academy", 10),
    Person("kit", "Kit Placeholder", Role.STUDENT, "bitbarn", "Thistlegate School", 9),
)
CHAMPIONS = (
    Person("robin", "Robin Fixturely", Role.CHAMPION, "tinderbeck", job_title="Production Director"),
    Person("sky", "Sky Notareal", Role.CHAMPION, "halfmoon", job_title="Ward Manager"),
)
STAFF = (
    Person("casey", "Casey Exampleby", Role.COORDINATOR, school="Lanternmoor High School"),
    Person("jo", "Jo Stubfield", Role.LEAD, school="Lanternmoor High School"),
    Person("morgan", "Morgan Samplewright", Role.MANAGER),
    Person("quinn", "Quinn Mockingham", Role.MANAGER),
    Person("dev", "Dev Draftington", Role.AUTHOR),
)
INSTITUTION = ("northlark", "University of Northlark")
CHECKERS = (Person("ash", "Ash Trialby", Role.ADMISSIONS),)
ATTACHED = {
    "robin": ("Lanternmoor High School", "Otterbrook School"),
    "sky": ("Quillhaven Academy",),
}


@dataclass(frozen=True)
class DemoActivity:
    """An activity, dated by the number of days before the worked example's day."""

    title: str
    kind: ActivityKind
    employer: str
    setting: str
    days_before: int
    hours: Decimal


ACTIVITIES = {
    "pump": DemoActivity(
        "Gear pump strip-down", ActivityKind.MASTER_CLASS, "tinderbeck", "workplace", 4, Decimal("2.5")
    ),
    "gauges": DemoActivity(
        "Gauges and calipers", ActivityKind.TASTER, "tinderbeck", "workplace", 15, Decimal(2)
    ),
    "waste": DemoActivity(
        "Cut waste on line 3", ActivityKind.CHALLENGE, "tinderbeck", "workplace", 20, Decimal(6)
    ),
    "furnace": DemoActivity(
        "Furnace floor visit", ActivityKind.TOUR, "cobaltfield", "workplace", 34, Decimal(2)
    ),
    "women": DemoActivity("Women in making", ActivityKind.MENTORING, "tinderbeck", "school", 9, Decimal(1)),
    "ward": DemoActivity("Ward round by video", ActivityKind.EVENT, "skylark", "online", 12, Decimal("1.5")),
    "hygiene": DemoActivity(
        "Clean hands workshop", ActivityKind.TASTER, "halfmoon", "workplace", 16, Decimal(2)
    ),
    "checkout": DemoActivity(
        "Fix the checkout app", ActivityKind.PROJECT, "bitbarn", "school", 27, Decimal(8)
    ),
}
