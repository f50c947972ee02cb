import re
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize

from catalog.models import Release
from tests.builders import make_code, make_release, make_section
from tests.training import make_misconception


def render(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "markup"),
    [
        ("J1885", '<span class="code l2"><b>J</b>1885</span>'),
        ("0001U", '<span class="code l1">0001<b>U</b></span>'),
        ("99213", '<span class="code l1">99213</span>'),
        ("W1234", '<span class="code l3"><b>W</b>1234</span>'),
        ("LT", '<span class="code l2">LT</span>'),
        ("25", '<span class="code l1">25</span>'),
        ("1P", '<span class="code l1">1P</span>'),
        ("CPT", '<span class="code"><b>C</b>PT</span>'),
    ],
)
def test_a_code_or_modifier_has_the_shape_of_its_level(value, markup):
    assert render("{% code value %}", value=value) == markup


def test_a_code_can_be_large_or_a_link():
    assert render('{% code "J1885" size="xl" %}').startswith('<span class="code l2 code-xl">')
    assert render('{% code "J1885" href="/x/" %}').startswith('<a class="code l2" href="/x/">')


def test_a_date_is_read_out_and_a_moment_has_the_date_it_has_here():
    markup = '<time class="" datetime="2025-10-01">Oct 1, 2025</time>'
    assert render("{% when day %}", day=date(2025, 10, 1)) == markup
    assert render("{% when day %}", day=datetime(2025, 10, 2, 3, 59, tzinfo=UTC)) == markup
    assert render("{% when day %}", day=None) == ""


@pytest.mark.parametrize(
    ("value", "link"),
    [("J1885", "/codes/J1885/"), ("31573", "/codes/31573/"), ("QM", "/modifiers/QM/"), ("CPT", ""), ("", "")],
)
def test_a_cross_reference_links_only_what_is_a_code_or_modifier(value, link):
    markup = render("{% reference value %}", value=value)
    assert (f'href="{link}"' in markup) if link else (markup == value)


@pytest.mark.django_db
def test_codes_in_a_text_are_linked_and_the_rest_is_escaped():
    make_code("J1885", make_release())
    markup = render("{{ text|link_codes }}", text="See J1885 & 0001U, not J9000–J9999, AJ1885 or F1234.")
    assert markup == (
        'See <a class="mono" href="/codes/J1885/">J1885</a> &amp; <a class="mono" href="/codes/0001U/">0001U</a>, '
        "not J9000–J9999, AJ1885 or F1234."
    )


@pytest.mark.django_db
def test_a_code_of_level_two_is_linked_only_when_it_is_on_file():
    release = make_release()
    make_code("J1885", release)
    make_code("C9089", release, termination_date=date(2020, 1, 1))
    markup = render("{{ text|link_codes }}", text="J1885, C9089, J0123, 99213, 0042T, D0120, X1234.")
    linked = re.findall('href="/codes/([^/]+)/"', markup)
    assert linked == ["J1885", "C9089", "99213", "0042T", "D0120", "X1234"]
    assert " J0123," in markup


@pytest.mark.django_db
def test_what_is_linked_in_a_text_follows_what_is_on_file(client):
    make_misconception(fact="J1885 is a drug.")
    release = make_release()
    assert "/codes/J1885/" not in client.get(reverse("misconceptions")).text
    make_code("J1885", release)
    Release.objects.update(loaded_at=timezone.now(), activated_at=timezone.now())
    assert "/codes/J1885/" in client.get(reverse("misconceptions")).text


@pytest.mark.parametrize("name", ["link_codes", "unbroken"])
def test_a_name_with_a_number_keeps_to_one_line_and_the_rest_is_escaped(name):
    markup = render("{{ text|" + name + " }}", text="COVID-19 <b> & 31573-25")
    assert markup.startswith('<span class="text-nowrap">COVID-19</span> &lt;b&gt; &amp; 31573-25')


@pytest.mark.django_db
def test_ranges_are_listed_or_summed_up():
    section = make_section("spread", ("C1052", "C1062"), ("C1600", "C1900"), ("C1982", "C1982"))
    everything = render("{% ranges section %}", section=section)
    summed_up = render("{% ranges section 1 %}", section=section)
    assert everything.count('<span class="rng">') == 3
    assert '<span class="rng">C1982</span>' in everything
    assert summed_up == '<span class="rng">C1052–C1062</span><span class="muted small"> and 2 more</span>'


@pytest.mark.django_db
def test_a_section_named_after_its_range_does_not_repeat_it():
    section = make_section("hundreds", ("0001T", "0099T"), short_title="0001T–0099T")
    assert render("{% ranges section 2 %}", section=section) == ""
    assert render("{% ranges section %}", section=section) != ""


def test_a_text_in_a_picture_is_cut_into_lines_and_says_where_it_stops():
    source = '{% for line in text|wrapped:"10,2" %}[{{ line }}]{% endfor %}'
    assert render(source, text="One & two words") == "[One &amp; two][words]"
    assert render(source, text="One and two words more of them") == "[One and][two …]"
    assert render(source, text="") == ""


def test_five_characters_like_a_code_are_read_out_one_by_one():
    assert render("{{ text|spelled }}", text="A0O21") == (
        '<span class="spelled" aria-hidden="true">A0O21</span><span class="visually-hidden">A 0 O 2 1</span>'
    )


@pytest.mark.parametrize("text", ["Level II", "FALSE", "J18.9", "J1885, 2 units", "0450"])
def test_other_texts_are_not_spelled(text):
    assert render("{{ text|spelled }}", text=text) == text


@pytest.mark.django_db
def test_codes_in_rich_text_are_linked_but_not_within_a_link():
    make_code("J1885", make_release())
    assert render("{{ text|markdown }}", text="**J1885** & [J1885 here](/x/), COVID-19.") == (
        '<p><strong><a class="mono" href="/codes/J1885/">J1885</a></strong> &amp; <a href="/x/">J1885 here</a>, '
        '<span class="text-nowrap">COVID-19</span>.</p>'
    )
    assert render("{{ text|markdown_opening }}|{{ text|markdown_rest }}", text="a\n\nb") == "<p>a</p>|<p>b</p>"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 14, 5, 9, 3, tzinfo=UTC), "Nov 22, 2026, 9:05 AM EST"),
        (datetime(2026, 7, 1, 16, 0, tzinfo=UTC), "Jul 1, 2026, 12:00 PM EDT"),
    ],
)
def test_a_moment_is_told_with_its_zone_as_lists_of_the_desk_tell_it(at, said):
    assert f">{said}</time>" in render("{% moment at %}", at=at)
    assert localize(timezone.localtime(at)) == said
    assert datetime.fromisoformat(re.search('datetime="([^"]+)"', render("{% moment at %}", at=at))[1]) == (
        at.replace(microsecond=0)
    )
    assert render("{% moment at %}", at=None) == ""
