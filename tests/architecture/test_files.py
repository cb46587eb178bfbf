"""What each file may import before anything is installed, and how long it may be."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from passport.setup import ROOT

BEFORE_ANYTHING_IS_INSTALLED = [
    "passport/__init__.py",
    "passport/__main__.py",
    "passport/setup.py",
    "tests/__init__.py",
    "tests/__main__.py",
    "tests/chromium.py",
    "tests/firefox.py",
    "tests/debian.py",
]
THEMSELVES = {"passport.setup", "tests.chromium", "tests.firefox", "tests.debian"}
LONGEST = 300
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


def test_no_file_outgrows_its_subject() -> None:
    lengths = {file: len(file.read_text().splitlines()) for file in (ROOT / "passport").rglob("*.py")}
    long = {str(file.relative_to(ROOT)): length for file, length in lengths.items() if length > LONGEST}
    assert long == {}


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
