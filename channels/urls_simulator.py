"""Addresses of the phone simulator, below /simulator/; there are none in production, whatever its switch says."""

from django.conf import settings
from django.urls import path

from channels import views_simulator

app_name = "simulator"
urlpatterns = (
    []
    if settings.PRODUCTION  # the page shows the gateway's key
    else [
        path("", views_simulator.phone, name="phone"),
        path("inbox", views_simulator.inbox, name="inbox"),
        path("texts", views_simulator.texts, name="texts"),
    ]
)
