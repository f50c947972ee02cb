"""What Django's own security settings leave open: a header, who the client is, and who may send files."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

# Nothing here needs a device or a tracker; a script that got in should not have them either.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponse]):
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+")
"""How some proxies write an address, with the port it came from."""
IPV6_NETWORK = 64
"""Bits of the part of an IPv6 address that one customer has; of the rest every guess could use another."""


def address_of_peer(request: HttpRequest) -> str:
    """Whom failed logins are counted for: who the connection is from."""
    return _counted(request.META.get("REMOTE_ADDR", "")) or ""


def address_from_proxy(request: HttpRequest) -> str:
    """The same behind the one trusted proxy in front of us: the address it appended to ``X-Forwarded-For``."""
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if found := WITH_PORT.fullmatch(last):
        last = found["six"] or found["four"]
    return _counted(last) or address_of_peer(request)


def _counted(text: str) -> str | None:
    """An IPv4 address as it is, an IPv6 address as that of its network; None for what is no address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, IPV6_NETWORK), strict=False).network_address)


class FilesOfStaff(FileUploadHandler):
    """Takes files from people who may use the desk, and none from anybody else: before one byte is kept.

    Every page that reads a form would otherwise put whatever is sent to it into a temporary file. It stands before
    the handlers that keep files. Pages that take larger files set handlers of their own.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        """Raises RequestDataTooBig, which is answered with 400, for a form larger than any of ours."""
        if content_length > settings.LARGEST_FORM:
            raise RequestDataTooBig("The form is larger than any of this site.")

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Raises TooManyFilesSent, which is answered with 400, unless the sender may use the desk."""
        user = getattr(self.request, "user", None)
        if user is None or not (user.is_active and user.is_staff):
            raise TooManyFilesSent("Files are taken from people at the desk alone.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
