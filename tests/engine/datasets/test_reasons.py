"""Why a download failed, in words: every kind of network trouble, and no number of the system."""

from __future__ import annotations

import errno
import http.client
import os
import re
import socket
import ssl
from email.message import Message
from urllib.error import HTTPError, URLError

import pytest

from engine.datasets.reasons import reason_of

URL = "https://data.example.org/sets/letters.zip"


def system(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def answer(code: int) -> HTTPError:
    return HTTPError(URL, code, "No", Message(), None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (URLError(socket.gaierror(-3, "Temporary failure in name resolution")), "was not found"),
        (URLError(system(errno.ENETUNREACH)), "cannot be reached"),
        (URLError(system(errno.ECONNREFUSED)), "takes no connections"),
        (system(errno.ECONNRESET), "broke off the connection"),
        (http.client.IncompleteRead(b"some"), "broke off the connection"),
        (http.client.RemoteDisconnected("closed"), "broke off the connection"),
        (TimeoutError("timed out"), "did not answer in time"),
        (URLError(TimeoutError("timed out")), "did not answer in time"),
        (URLError(ssl.SSLCertVerificationError(1, "bad")), "its certificate is not valid"),
        (URLError(ssl.SSLError(1, "bad")), "a safe connection"),
        (answer(404), "has no such file any more"),
        (answer(403), "does not give the file to everybody"),
        (answer(503), "answered with the error 503; try again later"),
        (answer(418), "answered with the error 418"),
        (URLError("unknown url type: gopher"), "unknown url type: gopher"),
        (system(errno.EMFILE), "could not be asked: Too many open files"),
    ],
)
def test_the_server_and_what_was_wrong(error: Exception, said: str) -> None:
    found = reason_of(error, URL)
    assert found.startswith("data.example.org ")
    assert said in found
    assert not re.search(r"Errno|errno|urlopen|<|Error", found)
