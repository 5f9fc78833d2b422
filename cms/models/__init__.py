"""The types of page an editor can add."""

from cms.models.charter import CharterPage
from cms.models.complaints import ComplainPage
from cms.models.desks import DeskFinderPage
from cms.models.frame import BuiltPage, PublicPage
from cms.models.home import HomePage
from cms.models.plain import PlainPage
from cms.models.programmes import ProgrammeListPage, ProgrammePage, ServicePage
