"""Leads the requests of an unmodified client to an emulator, for clients over `requests`.

The client keeps its default address, https://graph.microsoft.com. The adapter of `requests` sends what is for that address to the
endpoint, with the headers of a TLS terminator. So links in responses have the address that the client knows.
"""

import sys
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

SERVICE = "graph.microsoft.com"
JPEG = bytes([0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0])


def arguments() -> tuple[str, str, str]:
    """Returns endpoint, token and user from the command line."""
    if len(sys.argv) != 4:
        raise SystemExit("usage: python CLIENT.py ENDPOINT TOKEN USER")
    return sys.argv[1], sys.argv[2], sys.argv[3]


def done(step: str) -> None:
    """Prints a line for a step that passed."""
    print(f"  {step}")


def connect(endpoint: str) -> None:
    """Leads every request for Microsoft Graph that `requests` sends to the endpoint."""
    send = HTTPAdapter.send

    def send_to_emulator(self: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        asked = request.url
        assert asked is not None
        parts = urlsplit(asked)
        if parts.netloc != SERVICE:
            raise AssertionError(f"unexpected request to {parts.netloc}")
        request.headers["X-Forwarded-Host"] = parts.netloc
        request.headers["X-Forwarded-Proto"] = parts.scheme
        request.url = endpoint + parts.path + (f"?{parts.query}" if parts.query else "")
        kwargs["proxies"] = {}
        try:
            return send(self, request, *args, **kwargs)
        finally:
            request.url = asked

    HTTPAdapter.send = send_to_emulator  # type: ignore[method-assign]
