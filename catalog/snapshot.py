"""What a process holds in memory about the data it serves, and the stamp that says when it is out of date.

Pages, the search index and the tree of sections are all made from one snapshot, so an answer never mixes two
releases. Asking for ``current()`` costs one small query; the snapshot is rebuilt when the stamp has moved: another
release is current, an editor saved something, or a new day has begun.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, wraps
from hashlib import blake2b
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.functional import SimpleLazyObject

from catalog import entries, freshness, markdown, misconceptions, search, status_line
from catalog.models import (
    CodeNote,
    Dataset,
    EditCode,
    Level,
    Misconception,
    Release,
    Section,
    Synonym,
)
from catalog.models.addon import CONTRACTOR_DEFINED
from catalog.models.release import nearest
from catalog.tree import Tree

FRAGMENTS_KEPT = 4_000
THEMES = ("light", "dark")


class Fragments:
    """Rendered answers, the least recently used ones dropped. They live and die with their snapshot."""

    def __init__(self, size: int = FRAGMENTS_KEPT):
        self._size = size
        self._kept: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: object, fragment: bytes) -> None:
        with self._lock:
            self._kept[key] = fragment
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


@dataclass(frozen=True, eq=False)  # one is like no other: pages are kept by it
class Snapshot:
    """``release`` is the current one of HCPCS; ``edits`` are the current ones of the NCCI tables, newest first.

    ``edit_codes`` are the codes of both levels that those tables name, in order.
    """

    stamp: str
    day: date
    release: Release | None
    tree: Tree
    index: search.Index
    edits: tuple[Release, ...] = ()
    edit_codes: tuple[str, ...] = ()
    heard: misconceptions.Register = field(default_factory=misconceptions.Register)
    index_stamp: str = ""  # of what tree and index are made from, but for the synonyms
    fragments: Fragments = field(default_factory=Fragments)

    def edits_of(self, dataset: str, setting: str = "") -> Release | None:
        """The current release of a dataset and setting; of the quarters of MUE today's, else the last one."""
        return nearest(self.edits, dataset, setting, self.day)

    @cached_property
    def status_line(self) -> tuple[status_line.Item, ...]:
        return status_line.items(self.release, self.edits, self.day)

    @cached_property
    def starter_edits(self) -> tuple[str, ...]:
        """The NCCI tables of which only starter rows are loaded, by name."""
        return status_line.starter_names(self.edits)

    @cached_property
    def partial_edits(self) -> tuple[Release, ...]:
        return tuple(one for one in self.edits if one.partial)

    @property
    def is_starter(self) -> bool:
        return self.release is not None and self.release.is_starter

    @property
    def quarters_behind(self) -> int:
        """Quarters begun since the loaded release; 0 for the starter set, whose banner says enough."""
        return freshness.quarters_behind(self.release, self.day)

    @cached_property
    def behind(self) -> dict[int, str]:
        """Of the releases that are read today those of a quarter that is over, by key: ``1 quarter behind``."""
        read = (self.release, *self.edits) if self.release else self.edits
        found = (one for one in freshness.of(read, self.day) if one.is_stale)
        return {one.release.pk: status_line.behind_words(one.quarters_behind) for one in found}

    @property
    def behind_words(self) -> str:
        """How far the release of HCPCS is behind; empty while it is not."""
        return self.behind.get(self.release.pk, "") if self.release else ""

    @property
    def in_force_words(self) -> str:
        """What stands beside a code in force. A release that is behind cannot speak for today."""
        return f"In force in {self.release.short_title}" if self.quarters_behind else "In force"


_lock = threading.Lock()
_snapshot: Snapshot | None = None


def current() -> Snapshot:
    """The snapshot of what the database holds now.

    The first to notice that it is out of date makes the new one, with the old one's index where that still stands;
    who comes meanwhile is answered from the old one.
    """
    global _snapshot
    held, now = _snapshot, stamp()
    if held is not None and held.stamp == now:
        return held
    if not _lock.acquire(blocking=held is None):
        return held
    try:
        if _snapshot is None or _snapshot.stamp != now:
            with _nothing_thrown_away():
                _snapshot = _build(now, _snapshot)
        return _snapshot
    finally:
        _lock.release()


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Garbage collection rests: it would walk again and again through what is made to be kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def held() -> Snapshot:
    """The snapshot this process made last, without asking whether it still stands; the current one without any.

    For parts of a page that know of no request, as a page that shows a snapshot has asked for it before; and for
    who must not wait.
    """
    return _snapshot or current()


def of(request: HttpRequest) -> Snapshot:
    """The one snapshot a request is answered from, however many parts of the page ask for it."""
    if not hasattr(request, "snapshot"):
        request.snapshot = current()
    return request.snapshot


def stamp() -> str:
    """Changes whenever anything readers see has changed, in this process or another."""
    return _stamp(_stamp_sql())


def _stamp(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return blake2b(repr((timezone.localdate(), row)).encode(), digest_size=9).hexdigest()


@cache
def _stamp_sql() -> str:
    return _moved_by("", Level, Section, Synonym, CodeNote, Misconception)


@cache
def _index_stamp_sql() -> str:
    """Tree and index know of no edits: to make them anew for those would keep a reader waiting for nothing.

    Synonyms are so few that they are compared themselves: a note on one changes nothing that is found.
    """
    return _moved_by(f" AND dataset = '{Dataset.HCPCS}'", Level, Section)


def _moved_by(which_releases: str, *texts: type[Model]) -> str:
    """A query whose row moves with these releases and texts."""
    unseen = (Release.State.LOADING, Release.State.REHEARSED)
    readable = f"FROM {Release._meta.db_table} WHERE state NOT IN {tuple(map(str, unseen))}{which_releases}"
    parts = [f"(SELECT {what} {readable})" for what in ("MAX(activated_at)", "MAX(loaded_at)", "COUNT(*)")]
    parts.append(f"(SELECT COUNT(*) {readable} AND state = '{Release.State.CURRENT}')")  # one may be withdrawn
    edited = ["MAX(updated_at)", "COUNT(*)"]
    if connection.vendor == "postgresql":
        # Writers overlap there: one that saved first may commit last, and would not be the newest.
        edited.append("SUM(EXTRACT(EPOCH FROM updated_at))")
    for model in texts:
        parts += [f"(SELECT {what} FROM {model._meta.db_table})" for what in edited]  # noqa: S608
    return "SELECT " + ", ".join(parts)


def _build(now: str, before: Snapshot | None) -> Snapshot:
    day, index_stamp = timezone.localdate(), _stamp(_index_stamp_sql())
    release = Release.objects.current().filter(dataset=Dataset.HCPCS).first()
    synonyms = Synonym.objects.values_list("term", "means", "code")
    if before is not None and before.index_stamp == index_stamp:
        tree, index = before.tree, before.index.with_synonyms(synonyms)
    else:
        tree, found = entries.tree_and_entries(release, day)
        index = search.build(found, entries.section_entries(tree), synonyms, before and before.index)
    edits = tuple(Release.objects.current().exclude(dataset=Dataset.HCPCS).newest_first())
    # The rows of a release never change; to look through those of all tables takes a while.
    edit_codes = before.edit_codes if before is not None and before.edits == edits else _edit_codes(edits)
    heard = misconceptions.Register(map(_heard, Misconception.objects.all()))
    return Snapshot(now, day, release, tree, index, edits, edit_codes, heard, index_stamp)


def _edit_codes(edits: tuple[Release, ...]) -> tuple[str, ...]:
    named = EditCode.objects.filter(release__in=edits).exclude(code=CONTRACTOR_DEFINED)
    return tuple(named.order_by("code").values_list("code", flat=True).distinct())


def _heard(one: Misconception) -> misconceptions.Heard:
    secondary = "Secondary source" if one.mark == Section.Mark.SECONDARY else ""
    return misconceptions.Heard(
        href=one.get_absolute_url(),
        claim=one.claim,
        why_wrong=markdown.without_addresses(one.why_wrong),
        fact=one.fact,
        remark="Not verified" if one.is_unverified else secondary,
        is_unverified=one.is_unverified,
        keywords=one.slug.replace("-", " "),
    )


def once_each(make: Callable[[object], object]) -> Callable[[object], object]:
    """Keep what a function makes of a snapshot, or of a part of one, for as long as that lives, and no longer."""
    made = WeakKeyDictionary()

    @wraps(make)
    def kept(of_what: object) -> object:
        if (value := made.get(of_what)) is None:
            value = made[of_what] = make(of_what)
        return value

    return kept


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` when the reader chose one, empty to follow the system."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""


def context(request: HttpRequest) -> dict[str, object]:
    """For every template: the snapshot, built only when a template asks for it, and the chosen theme."""
    return {"loaded": SimpleLazyObject(lambda: of(request)), "theme": theme_of(request)}


def stamped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a page an ETag from the snapshot it shows, and answer 304 while that snapshot stands."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # Headers are read and set one by one here: every letter that somebody types passes through.
        target = request.META.get("HTTP_HX_TARGET", "")
        shown = f"{of(request).stamp} {settings.BUILD} {theme_of(request)} {target} {request.get_full_path()}"
        etag = f'"{blake2b(shown.encode(), digest_size=12).hexdigest()}"'
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["Vary"] = "Cookie, HX-Target"
        return response

    return wrapper
