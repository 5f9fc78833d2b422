"""The types of page an editor can add."""

from cms.models.charter import CharterPage
from cms.models.complaints import ComplainPage
from cms.models.consultations import ConsultationListPage, ConsultationPage
from cms.models.desks import DeskFinderPage
from cms.models.following import Happening, Letter, Subscription
from cms.models.frame import BuiltPage, PublicPage
from cms.models.home import HomePage
from cms.models.library import LibraryItemPage, LibraryPage
from cms.models.links import Outside
from cms.models.media import MediaPackPage
from cms.models.monitoring import MonitorsPage, Note, Score
from cms.models.news import EventListPage, EventPage, NewsListPage, NewsPage
from cms.models.plain import PlainPage
from cms.models.programmes import ProgrammeListPage, ProgrammePage, ServicePage
from cms.models.registers import (
    AccessRegisterPage,
    PartnerDirectoryPage,
    PaymentCalendarPage,
    PlanTrackerPage,
    TrainingRegisterPage,
)
from cms.models.statistics import Figure, Series, SignOff, StatisticsPage, StatisticsTable
