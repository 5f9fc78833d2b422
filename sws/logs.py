"""What a log line may not say: a citizen's words, number or reference, and the keys in our addresses.

An error is told by its type and where it happened, for its message may quote a row; Django tells of requests by
their path, and whoever mistypes one may have put a reference into it.
"""

import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

Line = dict[str, Any]

_HOUSE = str(Path(__file__).parent.parent)
_GATEWAY_KEY = re.compile(r"(/gateways/africastalking/)[^/\s]+")
_LONG_NUMBER = re.compile(r"\d(?:(?: |%20)?\d){5,}")  # six digits and more, also in groups


def frames_only(logger: Any, method: str, line: Line) -> Line:
    """Replace an exception by its type and frames. A database's error text holds the row it choked on."""
    info = line.pop("exc_info", None)
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    elif info and not isinstance(info, tuple):
        info = sys.exc_info()  # `log.exception` only says that there is one; it is still being handled
    if info and info[0]:
        line["error"] = info[0].__name__
        line["at"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in _telling(info[2])]
    return line


def _telling(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """The last of our own frames, and where it broke, which may be deep inside a package."""
    frames = traceback.extract_tb(trace)
    ours = [at for at in frames[:-1] if at.filename.startswith(_HOUSE) and not at.filename.startswith(sys.prefix)]
    return ours[-7:] + frames[-1:]


def nobody_named(logger: Any, method: str, line: Line) -> Line:
    """Long numbers are PINs, references, phones and cards; ids of rows are numbers, not text, and stay."""
    return {name: value if name == "timestamp" else _hidden(value) for name, value in line.items()}


def _hidden(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _LONG_NUMBER.sub("[number]", _GATEWAY_KEY.sub(r"\1[key]", value))
