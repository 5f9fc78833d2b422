"""What a log line may say of an error: its type and where it happened; its message may quote a citizen."""

import traceback
from typing import Any


def frames_only(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace an exception by its type and frames. A database's error text holds the row it choked on."""
    info = event.pop("exc_info", None)
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0]:
        frames = traceback.extract_tb(info[2])[-8:]
        event["error"] = info[0].__name__
        event["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return event
