"""Takes the README's pictures from a running demo.

.venv/bin/python docs/pictures/take.py http://localhost:8000 instance
"""

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

HERE = Path(__file__).parent
PHONE: "ViewportSize" = {"width": 390, "height": 760}


def main(url: str, instance: Path) -> None:
    """Take the verdict that a checker sees, and the step in which a student says what happened."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        checker = browser.new_page(viewport=PHONE, device_scale_factor=2)
        code = checker.request.get(f"{url}/demo/codes.json").json()[0]["code"]
        checker.goto(f"{url}/c/{code}")
        checker.screenshot(path=HERE / "check.png")
        student = browser.new_page(viewport=PHONE, device_scale_factor=2)
        _log_something(student, url, json.loads((instance / "demo-passwords.json").read_text())["amara"])
        student.screenshot(path=HERE / "log.png")
        browser.close()


def _log_something(page: "Page", url: str, password: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("#email", "amara.demoson@brindlemoor.example.test")
    page.fill("#password", password)
    page.click("main button[type=submit]")
    page.goto(f"{url}/evidence/new")
    page.click(".sp-choice")
    page.check("text=Measuring and checking")
    page.click("main button[type=submit]")
    page.wait_for_url("**/level")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
