"""Every address of the house, room by room."""

from django.urls import path

urlpatterns = []
