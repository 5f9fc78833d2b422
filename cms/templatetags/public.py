"""Small words of the public pages: the way back up, an open section, a page said to machines, a large number."""

import json
from decimal import Decimal
from html import unescape
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page

from cms import machines, sources
from cms.menu import Section, led_to

register = template.Library()
BREAKS_OUT = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


@register.simple_tag
def way_up(page: Any) -> list[Section]:
    """The pages between the first one and this."""
    here = page.in_english
    return led_to(here.get_ancestors().filter(depth__gt=1).live()) if here.pk and here.depth else []


@register.simple_tag
def door(page: Page) -> Section:
    """The link to a page that another one names."""
    return led_to([page])[0]


@register.filter
def opens(section: Section, path: str) -> bool:
    return section.holds(path)


@register.filter
def amount(value: Decimal) -> str:
    """1310000.00 -> 1,310,000; 5.14 stays."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


@register.filter
def plainly(cited: str) -> str:
    return sources.plainly(cited)


@register.filter
def stands_at(figure: Any) -> str:
    """The address of a figure's source, where there is one."""
    return str(figure.link or sources.address_of(figure.source))


@register.filter
def when(as_of: str) -> str:
    return sources.when(as_of)


@register.simple_block_tag
def said_plainly(content: str) -> str:
    """A block's words once more, as words: what stands in the title and what a messenger shows are the same."""
    return " ".join(unescape(content).split())


@register.simple_tag
def sign() -> str:
    """The whole address of the house's sign, which a messenger shows beside a link. No page loads it."""
    return settings.PUBLIC_BASE_URL + static("sws/sign.png")


@register.simple_tag
def said_to_machines(page: Any, address: str) -> SafeString:
    """The page in the words of schema.org. It is data, which no browser runs."""
    said = {"@context": "https://schema.org", **page.kind_for_machines, "url": address, "inLanguage": page.tongue}
    if described := page.described:
        said["description"] = described
    return _as_data(said)


@register.simple_tag
def to_machines(kind: str, name: str, words: str, address: str, *of: Any) -> SafeString:
    """The same of a page that is no editor's."""
    said = {"@context": "https://schema.org", **machines.KINDS[kind](*of)}
    return _as_data({**said, "name": name, "description": words, "url": address})


def _as_data(said: dict[str, Any]) -> SafeString:
    text = SafeString(json.dumps(said, ensure_ascii=False).translate(BREAKS_OUT))  # without these it can end nothing
    return format_html('<script type="application/ld+json">{}</script>', text)
