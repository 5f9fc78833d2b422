"""Every address of the house, room by room; what the public reads also with a language in front, like /bem/track/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as editor_urls
from wagtail.documents import urls as document_urls

from cases.views.kept import kept
from channels.views_delivery import delivery
from sws import health
from sws.accounts import RemoveKey

# Wagtail brings two log-ins of its own that know nothing of a second factor: allauth's stands in front of them.
to_the_log_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("gateways/", include("channels.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", RemoveKey.as_view()),  # before allauth's own
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("cms/login/", to_the_log_in),
    path("_util/login/", to_the_log_in),
    path("cms/", include(editor_urls)),
    path("documents/", include(document_urls)),
    path("desk/delivery/", delivery, name="delivery"),
    path("", include("cases.urls")),
    path("", include("cms.urls")),
]
if settings.SIMULATOR:
    urlpatterns += [path("simulator/", include("channels.urls_simulator"))]
urlpatterns += [
    *(one for one in wagtail_urls.urlpatterns if one.name != "wagtail_serve"),
    *i18n_patterns(
        path("", include("cases.urls_citizen")),
        path("", include("cms.urls_public")),
        re_path(wagtail_urls.serve_pattern, kept(wagtail_views.serve), name="wagtail_serve"),
        prefix_default_language=False,
    ),
]
