"""Every address of the house, room by room."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as editor_urls
from wagtail.documents import urls as document_urls

from sws import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("gateways/", include("channels.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("cms/", include(editor_urls)),
    path("documents/", include(document_urls)),
    path("", include("cases.urls")),
]
if settings.SIMULATOR:
    urlpatterns += [path("simulator/", include("channels.urls_simulator"))]
urlpatterns += [path("", include(wagtail_urls))]
