"""Addresses of the phone simulator, below /simulator/; on in the demo, off in production."""

app_name = "simulator"
urlpatterns: list = []
