"""Addresses of the public site, beside its pages, that stand in every language, like /bem/search/."""

from django.urls import path

from cms import views
from cms.following import views as following
from cms.monitoring import views as monitoring

app_name = "site"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("monitors/<int:pk>/", monitoring.note, name="note"),
    path("follow/<slug:kind>/<str:code>/", following.follow, name="follow"),
]
