"""What each file may import before anything is installed, and how many stand together."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from passport.setup import ROOT

BEFORE_ANYTHING_IS_INSTALLED = [
    "passport/__init__.py",
    "passport/__main__.py",
    "passport/setup.py",
    "tests/__init__.py",
    "tests/__main__.py",
    "tests/changed.py",
    "tests/chromium.py",
    "tests/firefox.py",
    "tests/debian.py",
]
THEMSELVES = {"passport.setup", "tests.changed", "tests.chromium", "tests.firefox", "tests.debian"}
MOST_MODULES = 25
HEAVY = ("flask", "sqlalchemy", "qrcode", "werkzeug", "jinja2")


def imports(file: Path) -> set[str]:
    """What a file imports when it is loaded: not what its functions import when they are called."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in {"passport", "tests"}:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
    return found


@pytest.mark.parametrize("name", BEFORE_ANYTHING_IS_INSTALLED)
def test_setting_up_needs_the_standard_library_alone(name: str) -> None:
    foreign = {
        module for module in imports(ROOT / name) if module.partition(".")[0] not in sys.stdlib_module_names
    }
    assert foreign <= THEMSELVES


def test_the_package_itself_imports_nothing() -> None:
    tree = ast.parse((ROOT / "passport" / "__init__.py").read_text())
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)] == []


def test_no_folder_holds_more_modules_than_a_reader_takes_in() -> None:
    counts = Counter(file.parent for file in (ROOT / "passport").rglob("*.py") if file.name != "__init__.py")
    full = {str(folder.relative_to(ROOT)): count for folder, count in counts.items() if count > MOST_MODULES}
    assert full == {}, f"at most {MOST_MODULES} modules in a folder: move some to the subject they belong to"


def test_the_architecture_document_names_every_subject() -> None:
    document = (ROOT / "docs" / "architecture.md").read_text()
    subjects = {
        folder.name
        for layer in ("services", "web", "db")
        for folder in (ROOT / "passport" / layer).iterdir()
        if (folder / "__init__.py").exists()
    }
    missing = {subject for subject in subjects if f"`{subject}`" not in document}
    assert missing == set(), "say in docs/architecture.md what is in these subjects"


@pytest.mark.parametrize("layer", ["web", "db"])
def test_every_layer_has_the_subjects_of_the_services(layer: str) -> None:
    subjects = {folder.name for folder in (ROOT / "passport" / "services").iterdir() if folder.is_dir()}
    there = {
        folder.name
        for folder in (ROOT / "passport" / layer).iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert there <= subjects, "a subject has one name in every layer: begin with passport/services"


def test_the_offline_check_loads_neither_web_nor_database() -> None:
    program = "import sys, passport.verifier; print(*sorted(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(told.stdout.split()) & set(HEAVY) == set()


def test_no_view_hands_a_page_what_every_page_sets_for_itself() -> None:
    """A page's own name for something would win over the one that was handed on, and say another's name."""
    base = (ROOT / "templates" / "base.html").read_text()
    own = set(re.findall(r"^{% set (\w+) = ", base, re.MULTILINE))
    assert "person" in own
    handed = [
        (file.name, keyword.arg)
        for file in (ROOT / "passport" / "web").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("render_template")
        for keyword in call.keywords
    ]
    assert [one for one in handed if one[1] in own] == []
