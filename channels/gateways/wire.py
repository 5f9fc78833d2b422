"""What a broken connection to a provider means: above all, whether the SMS may have left. Knows no provider."""

from requests.exceptions import ConnectTimeout, ProxyError, RequestException, SSLError
from urllib3.exceptions import NewConnectionError

from channels.gateways import SendError


def broken(provider: str, error: RequestException) -> SendError:
    if _never_left(error):
        return SendError(f"{provider} cannot be reached.", code="unreachable", retry=True, outage=True)
    return unreadable(provider)


def unreadable(provider: str) -> SendError:
    return SendError(
        f"{provider} gave no answer we can read.", code="no-answer", retry=True, outage=True, uncertain=True
    )


def _never_left(error: RequestException) -> bool:
    if isinstance(error, ConnectTimeout | ProxyError | SSLError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
