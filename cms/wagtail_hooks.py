"""What editors find in Wagtail beside the pages: handset texts, statistics, and reports of what waits for them."""

from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from cms.handset import InfoTexts
from cms.reports import LinkCheck, Overdue
from cms.rows import Statistics
from cms.signing import SignOffTables

register_snippet(InfoTexts)
register_snippet(Statistics)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/look-again/", Overdue.as_view(), name="look_again"),
        path("reports/links/", LinkCheck.as_view(), name="link_check"),
        path("reports/statistics/", SignOffTables.as_view(), name="sign_off_tables"),
    ]


@hooks.register("register_reports_menu_item")
def look_again() -> MenuItem:
    return MenuItem("Pages to look at again", reverse("look_again"), icon_name="calendar-check", order=90)


@hooks.register("register_reports_menu_item")
def link_check() -> MenuItem:
    return MenuItem("Links", reverse("link_check"), icon_name="link", order=91)


@hooks.register("register_reports_menu_item")
def sign_off_tables() -> MenuItem:
    return MenuItem("Statistics tables", reverse("sign_off_tables"), icon_name="table", order=92)


@hooks.register("register_admin_menu_item")
def notes_of_monitors() -> MenuItem:
    """It leads to a page of the desk, on which moderators read what was handed in."""
    return MenuItem("Notes of monitors", reverse("cms:moderating"), icon_name="comment", order=900)
