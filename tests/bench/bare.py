"""The yardstick: what a hop costs on this server when it does nothing but commit one upsert of a session row."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from sws.settings import database

TABLE = """
CREATE TABLE IF NOT EXISTS bare_session (
    key text PRIMARY KEY, transcript text NOT NULL, hops int NOT NULL, updated_at timestamptz NOT NULL
)
"""
UPSERT = """
INSERT INTO bare_session (key, transcript, hops, updated_at) VALUES (%s, %s, 1, now())
ON CONFLICT (key) DO UPDATE SET transcript = EXCLUDED.transcript, hops = bare_session.hops + 1, updated_at = now()
"""
REPLY = "CON Single Window Service. What do you need?"


def hop(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [request.POST["sessionId"], request.POST["text"]])
    return HttpResponse(REPLY, content_type="text/plain; charset=utf-8", headers={"Content-Length": str(len(REPLY))})


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("gateways/africastalking/demo/ussd", hop), path("healthz", alive)]

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, DATABASES={"default": database(os.environ["DATABASE_URL"])}
)
application = get_wsgi_application()
