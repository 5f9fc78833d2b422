"""The yardstick: what a hop costs on this server when it does nothing but commit one upsert of a session row."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from sws.settings import database

# The row is like one of ours, in a table like ours.
UPSERT = """
INSERT INTO bare_session (key, caller, screen, language, sealed, hops, ended, resumable, updated_at)
VALUES (%s, '', 'menu', 'en', %s, 1, false, false, now())
ON CONFLICT (key) DO UPDATE SET sealed = EXCLUDED.sealed, hops = bare_session.hops + 1, updated_at = now()
"""
REPLY = "CON Single Window Service. What do you need?"
SEALED = os.urandom(300)  # as long as ours are in the middle of a call


def hop(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [request.POST["sessionId"], SEALED])
    return HttpResponse(REPLY, content_type="text/plain; charset=utf-8", headers={"Content-Length": str(len(REPLY))})


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("gateways/africastalking/demo/ussd", hop), path("healthz", alive)]

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, DATABASES={"default": database(os.environ["DATABASE_URL"])}
)
application = get_wsgi_application()
