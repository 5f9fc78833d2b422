"""How readers meet a page in a real browser: read by axe, in their own colours, by keyboard, enlarged. It gives what is wrong."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (640, 1280, 360)  # 640: a window of 1280 points at 200 %
LIGHT = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
DARK = {**LIGHT, "color_scheme": "dark"}
FORCED = tuple({"color_scheme": one, "contrast": "more", "forced_colors": "active"} for one in ("light", "dark"))

UNSEEN_FOCUS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(one => one.checkVisibility())
    .filter(one => (one.focus({focusVisible: true, preventScroll: true}),
      [null, "::after"].every(part => getComputedStyle(one, part).outlineStyle == "none")))
    .map(one => one.outerHTML)"""

EVERYTHING, PICTURED = "body *:not(svg *), svg text", "svg text"
# Words on what is painted behind them, in pictures too. Axe looks past colours that a reader forces, and past pictures.
FAINT = r"""which => {
  const colour = css => css.startsWith("rgb") ? css.match(/[\d.]+/g).map(Number) : null
  const solid = css => { const one = colour(css); return one && (one[3] ?? 1) == 1 ? one : null }
  const light = one => one.slice(0, 3).map(n => n / 255).map(n => n <= .03928 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4)
    .reduce((sum, n, i) => sum + n * [.2126, .7152, .0722][i], 0)
  const drawn = text => [...text.parentNode.children].filter(one => one.matches(".tiles rect, .shapes path"))
    .map(one => solid(getComputedStyle(one).fill))[0]
  const behind = one => one ? solid(getComputedStyle(one).backgroundColor) ?? behind(one.parentElement) : [255, 255, 255]
  const says = one => one.checkVisibility() && [...one.childNodes].some(part => part.nodeType == 3 && part.data.trim())
  return [...document.querySelectorAll(which)].filter(says).filter(one => {
    const style = getComputedStyle(one), pictured = one.matches("svg text")
    const ink = colour(pictured ? style.fill : style.color)
    const ground = pictured && drawn(one) || behind(one.closest("svg")?.parentElement ?? one)
    const [more, less] = [light(ink), light(ground)].sort((a, b) => b - a)
    return (more + .05) / (less + .05) < 4.5
  }).map(one => one.outerHTML)
}"""


def faults_of(page: Any) -> list[tuple[str, str]]:
    """At each width and in all colours."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += too_wide(page, width)
    return found + flaws(page, width)


def flaws(page: Any, width: int) -> list[tuple[str, str]]:
    """At this width, and in all colours."""
    page.evaluate(AXE_SCRIPT)
    found = violations(page, {})
    for look in (LIGHT, DARK, *FORCED):
        page.emulate_media(**look)
        found += first("too faint", page.evaluate(FAINT, PICTURED if look == LIGHT else EVERYTHING))
    page.emulate_media(**LIGHT)
    found += first("no focus is seen", page.evaluate(UNSEEN_FOCUS))
    headings = page.locator("h1").count()
    return found + [("headings of the whole", str(headings))] * (headings != 1) + too_wide(page, width)


def by_axe(page: Any, *, within: str = "") -> list[tuple[str, str]]:
    """By axe alone, the page or a part of it: what is no page of ours has its own colours."""
    page.evaluate(AXE_SCRIPT)
    return violations(page, {}, within=within)


def first(flaw: str, html: list[str]) -> list[tuple[str, str]]:
    return [(flaw, f"{len(html)}, like {html[0][:200]}")] if html else []


def violations(page: Any, options: dict[str, Any], *, within: str = "") -> list[tuple[str, str]]:
    asked = {"resultTypes": ["violations"], "preload": False, **options}
    found = page.evaluate("([part, options]) => axe.run(part || document, options)", [within, asked])["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


def too_wide(page: Any, width: int) -> list[tuple[str, str]]:
    return [("too wide", str(width))] if page.evaluate("document.documentElement.scrollWidth") > width else []
