import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import path

from coding_reference import urls as site
from coding_reference.security import address_from_proxy, address_of_peer

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


@pytest.fixture
def kept(settings, tmp_path):
    """The files that lie where uploads are kept while a form is read."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    return lambda: list(tmp_path.iterdir())


def some_file(size: int = 100_000) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.txt", b"a" * size)


@pytest.mark.parametrize("address", ["/admin/login/", "/theme", "/scratchpad/", "/no-such-page/"])
def test_files_of_somebody_unknown_are_refused_by_any_page_and_never_kept(client, kept, address, monkeypatch):
    monkeypatch.setattr("tempfile._TemporaryFileCloser.close", lambda *_: None)
    response = client.post(address, {"theme": "dark", "file": some_file()})
    assert response.status_code in {400, 403, 404, 405}
    assert kept() == []


def test_a_form_with_a_file_is_read_from_people_at_the_desk(rf, admin_user):
    request = rf.post("/", {"words": "a", "file": some_file()})
    request.user = admin_user
    assert (request.POST["words"], request.FILES["file"].size) == ("a", 100_000)


def test_a_form_larger_than_any_is_refused_before_it_is_read(rf, admin_user, settings):
    settings.LARGEST_FORM = 50_000
    request = rf.post("/", {"file": some_file()})
    request.user = admin_user
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018
    assert len(request.META["wsgi.input"]) == int(request.META["CONTENT_LENGTH"])


def test_somebody_who_may_no_longer_use_the_desk_sends_no_files(rf, admin_user):
    admin_user.is_active = False
    request = rf.post("/", {"file": some_file()})
    request.user = admin_user
    with pytest.raises(TooManyFilesSent):
        request.FILES  # noqa: B018


@pytest.mark.parametrize(
    ("forwarded", "peer", "counted"),
    [
        ("10.9.9.9, 192.0.2.7", "127.0.0.1", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "127.0.0.1", "2001:db8:1:2::"),
        ("10.9.9.9, 192.0.2.7:50312", "127.0.0.1", "192.0.2.7"),
        ("[2001:db8:1:2:aaaa::1]:50312", "127.0.0.1", "2001:db8:1:2::"),
        ("[2001:db8:1:2:aaaa::1]", "127.0.0.1", "2001:db8:1:2::"),
        ("unknown", "192.0.2.8", "192.0.2.8"),
        ("'; DROP TABLE", "192.0.2.8", "192.0.2.8"),
    ],
)
def test_the_clients_address_is_the_last_one_the_proxy_appended(rf, forwarded, peer, counted):
    request = rf.get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=peer)
    assert address_from_proxy(request) == counted


def test_without_a_forwarded_address_it_is_the_peers(rf):
    assert address_from_proxy(rf.get("/", REMOTE_ADDR="192.0.2.8")) == "192.0.2.8"


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("192.0.2.8", "192.0.2.8"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("::ffff:192.0.2.8", "192.0.2.8"),
        ("", ""),
    ],
)
def test_of_an_ipv6_address_the_network_counts_as_one_customer_has_all_of_it(rf, peer, counted):
    assert address_of_peer(rf.get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": "10.9.9.9"})) == counted
