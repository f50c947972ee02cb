"""What trainers teach from: comparisons, statements, a path of decisions, misconceptions, practice items.

Editors own every row. Each statement carries the authority it rests on and how sure we are of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from catalog.models.section import Section
from catalog.quiz import Ask, Difficulty, Link, Option, Question, Topic

Mark = Section.Mark
FIXED = "Chosen once: the starter set knows this row by it, however its words change."
IN_ADDRESSES = "Chosen once: it stands in addresses, which people share."


def _one_of(field: str, choices: Iterable[tuple[object, str]]) -> models.CheckConstraint:
    """Keeps out of the database what no page has words for."""
    values = [value for value, _ in choices]
    return models.CheckConstraint(condition=models.Q((f"{field}__in", values)), name=f"%(class)s_{field}_known")


def _choices(kinds: Iterable[Ask | Topic | Difficulty]) -> list[tuple[str | int, str]]:
    return [(kind.value, kind.label) for kind in kinds]


class Sourced(models.Model):
    """A text with its authority. What is marked inferred or general is shown with that remark, never as fact."""

    source = models.CharField(max_length=200, help_text="The authority the text rests on.")
    mark = models.CharField("how sure", max_length=1, choices=Mark.choices, default=Mark.GENERAL)
    sort = models.PositiveIntegerField("order", default=0)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        abstract = True
        constraints = [_one_of("mark", Mark.choices)]

    @property
    def is_unverified(self) -> bool:
        return self.mark in (Mark.INFERRED, Mark.GENERAL)


class ComparisonRow(Sourced):
    """One question, answered for Level I and for Level II side by side."""

    question = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=80, unique=True, help_text=FIXED)
    level_one = models.CharField("Level I", max_length=200)
    level_two = models.CharField("Level II", max_length=200)
    on_slide = models.BooleanField("in Present", default=False, help_text="Shown to a class as well.")

    history = HistoricalRecords()

    class Meta(Sourced.Meta):
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("levels")


class StatementTopic(models.TextChoices):
    KEEPER = "keeper", "Who maintains what"
    CLAIM_FORM = "claim_form", "On which claim form"
    RHYTHM = "rhythm", "How often it changes"
    COST = "cost", "What it costs"


class Statement(Sourced):
    """One fact about who keeps, publishes or takes the codes, as a row of a small table."""

    Topic = StatementTopic

    topic = models.CharField(max_length=12, choices=Topic.choices)
    subject = models.CharField(max_length=60, help_text="What it is about, as in “CPT Category III”.")
    slug = models.SlugField(max_length=80, unique=True, help_text=FIXED)
    text = models.CharField(max_length=300)

    history = HistoricalRecords()

    class Meta(Sourced.Meta):
        ordering = ["topic", "sort", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            _one_of("topic", StatementTopic.choices),
            models.UniqueConstraint(fields=["topic", "subject"], name="one_statement_per_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("levels")


class DecisionStep(Sourced):
    """A question of the path “Which set do I use?”, or, where it has no choices, where the path ends."""

    slug = models.SlugField(max_length=40, unique=True, help_text=FIXED)
    text = models.CharField(max_length=160, help_text="The question, or what to do.")
    detail = models.CharField(max_length=300, blank=True)
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=[(1, "Level I"), (2, "Level II")], help_text="The level it ends at, if any."
    )
    is_first = models.BooleanField("first step", default=False, help_text="Where the path begins.")
    sort = models.PositiveIntegerField(
        "order", default=0, help_text="In this list only: the path goes by its first step and its choices."
    )

    history = HistoricalRecords()

    class Meta(Sourced.Meta):
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Where the path begins: the address of a step is the way one took to it."""
        return reverse("which_set")


class DecisionChoice(models.Model):
    step = models.ForeignKey(DecisionStep, on_delete=models.CASCADE, related_name="choices")
    slug = models.SlugField(max_length=20, help_text="In the address, as in “yes”.")
    label = models.CharField(max_length=60)
    next = models.ForeignKey(DecisionStep, on_delete=models.PROTECT, related_name="reached_from")
    sort = models.PositiveIntegerField("order", default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["sort", "pk"]
        constraints = [models.UniqueConstraint(fields=["step", "slug"], name="one_choice_per_step_and_slug")]

    def __str__(self) -> str:
        return f"{self.step}: {self.label}"


class Misconception(Sourced):
    """What people wrongly believe or print, in our words, and what is right."""

    slug = models.SlugField(
        max_length=60, unique=True, help_text=f"{IN_ADDRESSES} It is the anchor in the register."
    )
    claim = models.CharField(max_length=160, help_text="The wrong idea, in our own words.")
    why_wrong = models.TextField(help_text="What makes it wrong, or how it came about.")
    fact = models.TextField(help_text="What is right.")
    link = models.CharField(
        max_length=200, blank=True, help_text="A page of this site that shows it live, as in /codes/J8501/."
    )
    link_label = models.CharField(max_length=80, blank=True)
    on_slide = models.BooleanField("in Present", default=False, help_text="Shown to a class as well.")

    history = HistoricalRecords()

    class Meta(Sourced.Meta):
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.claim

    def get_absolute_url(self) -> str:
        return f"{reverse('misconceptions')}#{self.slug}"


class PracticeItem(Sourced):
    """A question with exactly one right choice. Its codes are checked when an editor saves it."""

    slug = models.SlugField(
        max_length=60, unique=True, help_text=f"{IN_ADDRESSES} Addresses of rounds name items by it, as in items=…"
    )
    asks = models.CharField("asks for", max_length=12, choices=_choices(Ask))
    topic = models.CharField(max_length=12, choices=_choices(Topic))
    difficulty = models.PositiveSmallIntegerField(choices=_choices(Difficulty))
    prompt = models.CharField("question", max_length=400)
    code = models.CharField(max_length=5, blank=True, help_text="Shown large, taken apart after the answer.")
    claim = models.TextField(
        blank=True, help_text="The lines of a small claim, one each, as on the scratchpad: 97597-59x2."
    )
    given = models.JSONField(
        default=list, blank=True, help_text="Facts to go by, such as the row of an edit, as labels and values."
    )
    rationale = models.TextField(help_text="Why the right answer is right; shown after each answer.")
    link = models.CharField(max_length=200, blank=True, help_text="Where to read on, as in /codes/J1885/.")
    link_label = models.CharField(max_length=80, blank=True)
    invalid_codes = models.CharField(
        max_length=120,
        blank=True,
        help_text="Codes used on purpose that are not on file or ended, separated by blanks.",
    )
    is_published = models.BooleanField("in rounds", default=True)

    history = HistoricalRecords()

    class Meta(Sourced.Meta):
        ordering = ["sort", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            _one_of("asks", _choices(Ask)),
            _one_of("topic", _choices(Topic)),
            _one_of("difficulty", _choices(Difficulty)),
        ]

    def __str__(self) -> str:
        return self.prompt

    def get_absolute_url(self) -> str:
        """A round of this item alone."""
        return f"{reverse('quiz')}?{urlencode({'items': self.slug})}"

    def clean(self) -> None:
        """Refuse facts that no page could show."""
        if not _are_pairs_of_words(self.given):
            raise ValidationError({"given": "Give each fact as a label and a value."})

    def question(self, choices: Iterable[PracticeChoice] | None = None) -> Question:
        """This item as the quiz asks it, with the choices given, else with those on file."""
        choices = self.choices.all() if choices is None else choices
        return Question(
            key=self.slug,
            prompt=self.prompt,
            options=tuple(Option(choice.text, choice.is_right) for choice in choices),
            rationale=self.rationale,
            topic=Topic(self.topic),
            difficulty=Difficulty(self.difficulty),
            asks=Ask(self.asks),
            code=self.code,
            given=tuple((label, value) for label, value in self.given),
            claim=tuple(self.claim.split()),
            links=(Link(self.link, self.link_label),) if self.link else (),
            source=self.source,
            mark=self.mark,
        )


def _are_pairs_of_words(given: object) -> bool:
    """Whether it is such as ``[["Column one", "45385"], …]``."""
    return isinstance(given, list) and all(
        isinstance(fact, list) and len(fact) == 2 and all(isinstance(word, str) and word.strip() for word in fact)
        for fact in given
    )


class PracticeChoice(models.Model):
    item = models.ForeignKey(PracticeItem, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(max_length=160)
    is_right = models.BooleanField("right", default=False)
    sort = models.PositiveIntegerField("order", default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.text
