"""Addresses of the public site beside its pages."""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from cms import views

app_name = "cms"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("news/feed/", views.NewsFeed(), name="feed"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
