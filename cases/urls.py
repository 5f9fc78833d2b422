"""Addresses of the desk (/desk/) and of the citizen's own case (/track/)."""

app_name = "cases"
urlpatterns: list = []
