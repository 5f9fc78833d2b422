"""Takes the README's pictures: `python -m tests.pictures http://127.0.0.1:8000`, while `make run` runs there.

The figures are those of a country with some more cases, `DEMO_CASES=3500 make run`: of fewer most of them are hidden.
`python -m tests.pictures http://127.0.0.1:8000 figures` takes these alone.
"""

import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
WIDE, HANDSET = {"width": 1280, "height": 860}, {"width": 360, "height": 740}


def main(base: str, only: str = "") -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        page = browser.new_page(viewport=WIDE)
        if only == "figures":
            figures(page, base)
        else:
            home(page, base)
            simulator(page, base)
            desk(page, base)
            page.context.clear_cookies()
            manager(page, base)
            small = browser.new_page(viewport=HANDSET)
            small.goto(f"{base}/")
            take(small, "home-360")
        browser.close()


def figures(page: Page, base: str) -> None:
    """How promises are kept: the sentence and the promises, the provinces, and one figure to cite."""
    page.emulate_media(reduced_motion="reduce")  # nothing is still scrolling when the picture is taken
    page.goto(f"{base}/performance/")
    take(page, "results")
    page.goto(f"{base}/performance/#provinces")
    take(page, "provinces")
    page.locator("section[aria-labelledby=provinces] .take a").click()
    page.locator("details summary").first.click()
    take(page, "figure")


def home(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    take(page, "home")


def simulator(page: Page, base: str) -> None:
    """Mutale chooses English and is asked what she needs."""
    page.goto(f"{base}/simulator/")
    page.get_by_role("button", name="Call", exact=True).first.click()
    page.wait_for_timeout(600)
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    take(page, "simulator")


def desk(page: Page, base: str) -> None:
    """The worklist, its first case, and somebody who comes to the desk."""
    log_in(page, base, "lusaka", to="/desk/")
    take(page, "desk")
    page.locator("main a[href*='/desk/cases/']").first.click()
    page.wait_for_load_state()
    take(page, "case")
    page.goto(f"{base}/desk/new/")
    take(page, "walk-in")


def manager(page: Page, base: str) -> None:
    log_in(page, base, "manager", to="/desk/manage/")
    take(page, "manager")


def log_in(page: Page, base: str, name: str, *, to: str) -> None:
    page.goto(f"{base}/accounts/login/?next={to}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill("demo")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}{to}")


def take(page: Page, name: str) -> None:
    """One screenful, in 128 colours: a fifth of the bytes and nobody sees it."""
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))
