"""Every address of the house, room by room."""

urlpatterns = []
