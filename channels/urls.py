"""Addresses the gateways call, below /gateways/."""


urlpatterns: list = []
