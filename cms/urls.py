"""Addresses of the public site for programs, of what an e-mail leads to, of notes."""

from django.urls import path
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps.views import sitemap

from cases.views.kept import kept
from cms import views
from cms.following import views as following
from cms.monitoring import views_staff as staff
from cms.views_performance import FiguresPages

SITEMAPS = {"pages": Sitemap, "figures": FiguresPages}

app_name = "cms"
urlpatterns = [
    path("news/feed/", kept(views.NewsFeed()), name="feed"),
    path("follow/confirm/<str:token>/", following.confirm, name="follow_confirm"),
    path("follow/stop/<str:token>/", following.stop, name="follow_stop"),
    path("follow/<slug:kind>/<str:code>/feed/", kept(following.SubjectFeed()), name="follow_feed"),
    path("desk/notes/", staff.mine, name="notes"),
    path("desk/notes/new/", staff.new, name="new_note"),
    path("desk/notes/<int:pk>/", staff.one, name="my_note"),
    path("desk/moderation/", staff.moderating, name="moderating"),
    path("desk/moderation/<int:pk>/", staff.decide, name="decide"),
    path("desk/answers/", staff.answering, name="answering"),
    path("desk/answers/<int:pk>/", staff.answer, name="answer"),
    path("statistics/workbook.xlsx", views.workbook, name="workbook"),
    path("sitemap.xml", kept(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
