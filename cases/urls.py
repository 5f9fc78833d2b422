"""Addresses of the desk (/desk/) and of the citizen's own case (/track/)."""

from django.urls import path

from cases import views_desk, views_public

app_name = "cases"
urlpatterns: list = [
    path("desk/", views_desk.desk, name="desk"),
    path("desk/cases/", views_desk.search, name="search"),
    path("desk/cases/<str:reference>/", views_desk.case, name="case"),
    path("desk/new/", views_desk.walk_in, name="walk_in"),
    path("desk/new/known/", views_desk.known, name="known"),
    path("desk/new/receipt/", views_desk.receipt, name="receipt"),
    path("track/", views_public.track, name="track"),
    path("track/code/", views_public.send_code, name="track_code"),
    path("track/case/", views_public.track_case, name="track_case"),
    path("track/case/<slug:step>/", views_public.act, name="track_act"),
    path("track/finish/", views_public.finish, name="track_finish"),
]
