import pytest

from catalog.views import decisions, path_slides
from tests.training import make_step

pytestmark = pytest.mark.django_db


def pieces() -> list[path_slides.Piece]:
    return path_slides.pieces(decisions.drawn())


def asked(piece: path_slides.Piece) -> list[str]:
    return [question.step.slug for question in piece.questions]


def ways(question: path_slides.Question) -> list[tuple[str, str]]:
    return [(way.label, "end" if way.is_end else "below" if way.is_below else "away") for way in question.ways]


def make_line(length: int):
    """So many questions, each leading to the next one or to an end."""
    step = make_step("end", text="Level I")
    for number in range(length, 0, -1):
        step = make_step(f"q{number}", leads={"yes": make_step(f"end-{number}"), "no": step}, is_first=number == 1)
    return step


def test_no_path_has_no_pieces():
    assert pieces() == []


def test_a_piece_ends_where_two_choices_lead_to_questions():
    end = make_step("end", text="Level I")
    work = make_step("work-question", leads={"yes": end})
    thing = make_step("thing-question", leads={"yes": end})
    make_step("start", leads={"work": work, "thing": thing, "both": end}, is_first=True)
    found = pieces()
    assert [asked(piece) for piece in found] == [["start"], ["work-question"], ["thing-question"]]
    assert [(piece.asked, piece.answer) for piece in found] == [
        ("", ""),
        ("What about start?", "Work"),
        ("What about start?", "Thing"),
    ]
    assert ways(found[0].questions[0]) == [("Work", "away"), ("Thing", "away"), ("Both", "end")]


def test_a_branch_goes_on_below_and_no_piece_asks_more_than_three_questions():
    make_line(path_slides.MOST_QUESTIONS + 1)
    found = pieces()
    assert [asked(piece) for piece in found] == [["q1", "q2", "q3"], ["q4"]]
    assert [ways(question)[1] for question in found[0].questions] == [
        ("No", "below"),
        ("No", "below"),
        ("No", "away"),
    ]
    assert found[1].answer == "No"
    assert "end" not in [step.slug for step in found[0].stated]


def test_a_piece_holds_no_more_lines_than_a_slide():
    first = make_line(2)
    assert len(pieces()) == 1
    for step in (first, first.choices.get(slug="no").next):
        type(step).objects.filter(pk=step.pk).update(text="Longer words " * 12)
    assert [len(piece.questions) for piece in pieces()] == [1, 1]


def test_a_path_in_a_circle_has_an_end():
    first = make_step("first", leads={"on": (second := make_step("second"))}, is_first=True)
    second.choices.create(slug="back", label="Back", next=first)
    assert [asked(piece) for piece in pieces()] == [["first", "second"]]
    assert ways(pieces()[0].questions[1]) == [("Back", "away")]
