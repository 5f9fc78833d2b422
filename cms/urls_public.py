"""Addresses of the public site, beside its pages, that stand in every language, like /bem/search/."""

from django.urls import path

from cms import views, views_performance
from cms.following import views as following
from cms.monitoring import views as monitoring

app_name = "site"
urlpatterns = [
    path("performance/", views_performance.performance, name="performance"),
    *(
        path(f"performance/{one}/<str:code>/", views_performance.performance, {"what": one}, name=f"performance_{one}")
        for one in ("agency", "programme", "place")
    ),
    path("embed/<slug:name>/<slug:what>/<str:code>.svg", views_performance.embed_picture, name="embed_picture"),
    path("embed/<slug:name>/<slug:what>/<str:code>/", views_performance.embed_page, name="embed_page"),
    path("search/", views.search, name="search"),
    path("monitors/<int:pk>/", monitoring.note, name="note"),
    path("follow/<slug:kind>/<str:code>/", following.follow, name="follow"),
]
