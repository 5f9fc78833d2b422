"""What every page knows about the house."""

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict:
    return {"ussd_code": settings.USSD_CODE, "simulator": settings.SIMULATOR, "demo": settings.MODE == "demo"}
