"""Programmes and services: what the catalogue knows of one, as a page somebody who needs it can read."""

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from cases.catalogue import catalogue
from cases.pack import Kind, Programme, Topic
from cms import knowledge
from cms.models.frame import PublicPage
from cms.models.translated import the_same
from cms.monitoring import found


class ProgrammeListPage(PublicPage):
    """Which help there is, by the office that gives it."""

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ProgrammePage", "cms.ServicePage"]
    template = "cms/programmes.html"

    class Meta:
        verbose_name = "list of programmes"

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        pages = self.pages_below()
        by_agency: dict[str, list[ProgrammePage]] = {}
        for page in pages:
            if isinstance(page, ProgrammePage) and page.known:
                by_agency.setdefault(page.known.agency_id, []).append(page)
        agencies = knowledge.agencies()
        return {
            "services": [page for page in pages if isinstance(page, ServicePage)],
            "agencies": [(agencies[code], mine) for code, mine in by_agency.items() if code in agencies],
        }


class ProgrammePage(PublicPage):
    """One programme. Facts, papers, promises and the words read out by phone come from the catalogue."""

    parent_page_types = ["cms.ProgrammeListPage"]
    subpage_types = ["cms.PlainPage"]
    template = "cms/programme.html"

    programme = models.CharField(max_length=16, help_text="The programme's code, like SCT or NHIS.")

    content_panels = [*PublicPage.content_panels, FieldPanel("programme")]
    override_translatable_fields = the_same("programme")
    search_fields = [*PublicPage.search_fields, index.SearchField("words_of_the_catalogue")]

    class Meta:
        verbose_name = "programme"

    def clean(self) -> None:
        super().clean()
        if self.known is None:
            raise ValidationError({"programme": "Choose one of: " + ", ".join(sorted(knowledge.programmes()))})
        others = ProgrammePage.objects.filter(programme=self.programme).exclude(translation_key=self.translation_key)
        if others.exists():
            raise ValidationError({"programme": "There is a page of this programme already."})

    @property
    def known(self) -> Programme | None:
        return knowledge.programmes().get(self.programme)

    @property
    def words_of_the_catalogue(self) -> str:
        """For the search: the page is found by what it shows, not only by what was typed into it."""
        return knowledge.words_of_programme(self.programme)

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        agency = self.known and knowledge.agencies().get(self.known.agency_id)
        if agency is None:
            return {"@type": "GovernmentService", "name": self.title}
        channels = [{"@type": "ServiceChannel", "servicePhone": line.number} for line in knowledge.lines_of(agency.pk)]
        return {
            "@type": "GovernmentService",
            "name": self.title,
            "provider": {"@type": "GovernmentOrganization", "name": agency.name},
            "areaServed": {"@type": "Country", "name": catalogue().country.name},
            "availableChannel": channels,
        }

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        if self.known is None:  # it was retired from the catalogue; the editor's words remain
            return {}
        topics = knowledge.topics_of(self.known)
        return {
            "agency": knowledge.agencies().get(self.known.agency_id),
            "answers": knowledge.facts_by_aspect(self.programme),
            "read_out": knowledge.read_out(self.programme, self.known.agency_id),
            "joining": knowledge.joining([topic for topic in topics if topic.kind == Kind.REGISTRATION]),
            "complaints": knowledge.promised([topic for topic in topics if topic.kind == Kind.COMPLAINT]),
            "ladders": knowledge.ladders_of(topics),
            "lines": knowledge.lines_of(self.known.agency_id),
            "notes": found.about(programme=self.programme)[:3],
        }


class ServicePage(PublicPage):
    """One thing people come for that belongs to no single programme: one form for three agencies, their own data."""

    parent_page_types = ["cms.ProgrammeListPage"]
    subpage_types = ["cms.PlainPage"]
    template = "cms/service.html"

    topics = models.CharField(max_length=200, help_text="The codes of the topics it serves, like register-worker, …")
    read_out = models.CharField(max_length=24, blank=True, help_text="The handset texts to show: an agency's code.")

    content_panels = [*PublicPage.content_panels, FieldPanel("topics"), FieldPanel("read_out")]
    override_translatable_fields = the_same("topics", "read_out")
    search_fields = [*PublicPage.search_fields, index.SearchField("words_of_the_catalogue")]

    class Meta:
        verbose_name = "service"

    def clean(self) -> None:
        super().clean()
        unknown = [code for code in self.codes if code not in catalogue().topics]
        if unknown:
            raise ValidationError({"topics": f"Not in the catalogue: {', '.join(unknown)}"})

    @cached_property
    def codes(self) -> list[str]:
        return [code.strip() for code in self.topics.split(",") if code.strip()]

    @property
    def known(self) -> list[Topic]:
        return [topic for code in self.codes if (topic := knowledge.topics().get(code))]

    @property
    def words_of_the_catalogue(self) -> str:
        return " ".join(topic.name for topic in self.known)

    @property
    def kind_for_machines(self) -> dict[str, Any]:
        return {"@type": "GovernmentService", "name": self.title}

    def facts(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "told": knowledge.read_out(self.read_out),
            "joining": knowledge.joining([topic for topic in self.known if topic.kind == Kind.REGISTRATION]),
            "promised": knowledge.promised(self.known),
            "ladders": knowledge.ladders_of(self.known),
        }
