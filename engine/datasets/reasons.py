"""Why an address did not give its file, in words for people: no errno, no class of an exception."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import urllib.error
from urllib.parse import urlsplit

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_ANSWERS = {
    401: "asks for a password",
    403: "does not give the file to everybody",
    404: "has no such file any more",
    410: "has no such file any more",
    429: "has been asked too often; try again later",
}
_BROKEN: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "cannot prove that it is itself: its certificate is not valid "
     "here (is the computer's clock right?)"),
    (ssl.SSLError, "and this computer do not agree on a safe connection"),
    (TimeoutError, "did not answer in time"),
    (ConnectionRefusedError, "takes no connections"),
    (ConnectionError, "broke off the connection"),
    (http.client.HTTPException, "broke off the connection"),
    (FileNotFoundError, "has no such file any more"),
)  # fmt: skip


def reason_of(error: Exception, url: str) -> str:
    """One clause that names the server: `pjreddie.com did not answer in time`."""
    server = urlsplit(url).hostname or url
    if isinstance(error, urllib.error.HTTPError):
        said = _ANSWERS.get(error.code)
        if said is None:
            late = "; try again later" if error.code >= 500 else ""
            said = f"answered with the error {error.code}{late}"
        return f"{server} {said}"
    cause = getattr(error, "reason", None)  # what a URLError wraps
    found = cause if isinstance(cause, BaseException) else error
    if isinstance(found, socket.gaierror):
        return f"{server} was not found, as without a connection to the internet"
    if isinstance(found, OSError) and found.errno in _UNREACHABLE:
        return f"{server} cannot be reached: there is no connection to it"
    for kind, said in _BROKEN:
        if isinstance(found, kind):
            return f"{server} {said}"
    said = cause if isinstance(cause, str) else getattr(found, "strerror", None) or str(found)
    return f"{server} could not be asked: {said}"
