import pytest
from django.urls import path

from coding_reference import urls as site
from coding_reference.security import address_from_proxy

pytestmark = pytest.mark.django_db


def fails(request):
    raise RuntimeError("out of order")


urlpatterns = [*site.urlpatterns, path("fails", fails)]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/?q=J1885", 200),
        ("/healthz", 200),
        ("/api/hcpcs/v3/search?terms=j18", 200),
        ("/admin/login/", 200),
        ("/admin/", 302),
        ("/no-such-page/", 404),
        ("/fails", 500),
    ],
)
def test_every_answer_carries_the_secure_headers(client, address, status):
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_an_unknown_host_is_refused_with_the_secure_headers(client):
    response = client.get("/", headers={"host": "evil.example.org"})
    assert response.status_code == 400
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_pages_go_to_https_but_the_health_check_does_not(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/").status_code == 301
    assert client.get("/healthz").status_code == 200


def test_files_sent_to_any_page_are_refused(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = client.post("/admin/login/", {"username": "a", "file": SimpleUploadedFile("a.txt", b"a")})
    assert response.status_code == 400


def test_the_clients_address_is_the_last_one_the_proxy_appended(rf):
    request = rf.get("/", headers={"x-forwarded-for": "10.9.9.9, 192.0.2.7"}, REMOTE_ADDR="127.0.0.1")
    assert address_from_proxy(request) == "192.0.2.7"


def test_without_a_forwarded_address_it_is_the_peers(rf):
    assert address_from_proxy(rf.get("/", REMOTE_ADDR="192.0.2.8")) == "192.0.2.8"
