"""Which release follows which: its revision, what it is compared with, takes the place of, and outdates.

Of PTP and add-on tables, the newest of which answers for all dates before it, the current release is kept and the
complete one before it, to roll back to. What is older is pruned: its rows go, its record and its changes stay.
"""

from __future__ import annotations

from django.utils import timezone

from catalog.models import Change, Dataset, Release
from catalog.models.release import ReleaseQuerySet

# The newest table of these holds ended rows too, so that nobody needs to ask the older ones.
CUMULATIVE = (Dataset.PTP, Dataset.ADDON)


def free_revision(release: Release) -> int:
    """The revision it shall have: a re-post that does not say which it is comes last. Incomplete ones give way."""
    of_quarter = Release.objects.published().of_a_kind(release).filter(quarter=release.quarter, partial=False)
    taken = set(of_quarter.values_list("revision", flat=True))
    return release.revision if release.revision not in taken else max(taken) + 1


def compared_with(release: Release) -> Release | None:
    """The release after this one, if its changes are to be those against this one: not when one lies between.

    A pruned release has no rows any more, but what the next one changed against it is known.
    """
    later = None if release.partial else release.next()
    if later is None:
        return None
    place = (release.quarter, release.revision)
    earlier = Release.objects.filter(state=Release.State.PRUNED, partial=False).before(later)
    return None if any((one.quarter, one.revision) > place for one in earlier) else later


def superseded(release: Release) -> list[Release]:
    """Those whose place it takes: incomplete ones of its revision, and the record of itself when it was pruned."""
    without_place = (Release.State.LOADING, Release.State.REHEARSED, Release.State.WITHDRAWN)
    found = same_revision(release).exclude(pk=release.pk).exclude(state__in=without_place)
    return list(found.filter(partial=True) if release.partial else found)


def inherit(release: Release, superseded: list[Release]) -> list[Release]:
    """Give a release the place of others: what was compared with them, and their changes if it has none.

    Those are pruned; what had rows until now is returned.
    """
    Change.objects.filter(against__in=superseded).update(against=release)
    if not release.changes.exists():
        Change.objects.filter(release__in=[one for one in superseded if not one.partial]).update(release=release)
    Release.objects.filter(pk__in=[one.pk for one in superseded]).update(state=Release.State.PRUNED)
    return [one for one in superseded if one.state != Release.State.PRUNED]


def outdated(release: Release, was_current: Release | None) -> list[Release]:
    """What is older than the current PTP or add-on release and the complete one before it.

    Not the one that was current until now, and to which one may want to go back; nor ``release``, just loaded:
    whoever loads an old one wants to look at it.
    """
    now = current(release)
    if release.dataset not in CUMULATIVE or now is None or now.is_starter:
        return []
    kept = [one.pk for one in (release, was_current, now.previous()) if one]
    return list(Release.objects.published().before(now).exclude(pk__in=kept))


def withdrawn(release: Release) -> list[Release]:
    """Those of its kind that were withdrawn."""
    return list(Release.objects.of_a_kind(release).filter(state=Release.State.WITHDRAWN).exclude(pk=release.pk))


def retire_starters(release: Release) -> list[Release]:
    """Have the starter sets of its dataset and setting give way: of MUE there may be one of another quarter.

    That quarter is answered by the publisher's release of it again, if it was before; what is so is returned.
    """
    heirs = []
    of_setting = Release.objects.current().filter(dataset=release.dataset, setting=release.setting)
    for starter in of_setting.filter(origin=Release.Origin.STARTER):
        Release.objects.filter(pk=starter.pk).update(state=Release.State.LOADED)
        answered_before = Release.objects.published().of_a_kind(starter).exclude(activated_at=None)
        heir = answered_before.filter(partial=False).order_by("-quarter", "-revision").first()
        if heir and current(heir) is None:
            Release.objects.filter(pk=heir.pk).update(state=Release.State.CURRENT, activated_at=timezone.now())
            heirs.append(heir)
    return heirs


def outranks(release: Release, current: Release | None) -> bool:
    """Whether loading this release is reason to use it: newer, but never incomplete for complete."""

    def rank(one: Release) -> tuple[bool, bool, str, int]:
        return (not one.is_starter, not one.partial, one.quarter, one.revision)

    return current is None or rank(release) > rank(current)


def is_way_back(release: Release, current: Release | None) -> bool:
    """Whether making a kept release current is rolling back: to what is older, however whole either of them is."""

    def age(one: Release) -> tuple[bool, str, int]:
        return (not one.is_starter, one.quarter, one.revision)

    return current is not None and age(release) < age(current)


def current(release: Release) -> Release | None:
    """The one of its kind that readers are answered from."""
    return Release.objects.current().of_a_kind(release).first()


def same_revision(release: Release) -> ReleaseQuerySet:
    """The release and what has the same name: nothing else readable, but what is being loaded, or was pruned."""
    return Release.objects.filter(
        dataset=release.dataset,
        setting=release.setting,
        origin=release.origin,
        quarter=release.quarter,
        revision=release.revision,
    )
