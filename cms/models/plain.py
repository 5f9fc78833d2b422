"""A page of words alone, and a page that gathers those below it."""

from cms.models.frame import PublicPage


class PlainPage(PublicPage):
    """For everything that has no type of its own. The pages below it are listed at its end."""

    template = "cms/plain.html"

    class Meta:
        verbose_name = "plain page"
