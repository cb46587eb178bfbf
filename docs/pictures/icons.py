"""Draws the check page's icons from the mark: .venv/bin/python docs/pictures/icons.py."""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parents[2] / "passport" / "static"
SIZES = (192, 512)
# A maskable icon may be cut to a circle of 80 %: the mark gets smaller, its ground goes to the edges.
GROUND = "#3b2f63"
# The mark has four; the rest are its soft edges.
COLOURS = 32
PAGE = """<style>html,body{{margin:0;background:{ground}}}
svg{{position:absolute;inset:0;margin:auto;width:{part}%;height:{part}%}}</style>{mark}"""


def main() -> None:
    """Take a picture of each size and kind."""
    mark = (STATIC / "mark.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size in SIZES:
            for kind, ground, part in (("", "transparent", 100), ("-maskable", GROUND, 76)):
                page = browser.new_page(viewport={"width": size, "height": size})
                page.set_content(PAGE.format(ground=ground, part=part, mark=mark))
                picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
                few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
                few.save(STATIC / f"check/icon-{size}{kind}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
