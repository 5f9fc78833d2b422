"""Addresses the gateways call, below /gateways/."""

from django.urls import path

from channels import views

urlpatterns = [
    path("africastalking/<str:key>/ussd", views.at_ussd),
    path("africastalking/<str:key>/ussd-end", views.at_ussd_end),
    path("africastalking/<str:key>/sms", views.at_sms),
    path("africastalking/<str:key>/receipt", views.at_receipt),
    path("africastalking/<str:key>/opt-out", views.at_opt_out),
    path("twilio/sms", views.twilio_sms),
    path("twilio/status", views.twilio_status),
]
