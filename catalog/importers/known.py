"""What is known of the files of a publication: whether they were loaded already, all of them or some."""

from __future__ import annotations

from catalog.importers import files, rows
from catalog.importers.files import Member, Refused
from catalog.importers.names import Publication
from catalog.models import Dataset, Release, ReleaseFile

# A quarter in which nothing of these changed may be posted again as it was, so that the same file under the name
# of another quarter is doubted, not refused. The others carry dates of every quarter.
MAY_STAY_THE_SAME = (Dataset.MUE, Dataset.ADDON)

# Where a release stands whose file comes again under another name. A withdrawn or discarded one says nothing.
STANDING = {
    Release.State.CURRENT: "which is loaded",
    Release.State.LOADED: "which is loaded",
    Release.State.REHEARSED: "which waits for a decision",
    Release.State.PRUNED: "which was loaded before",
}


def source_of(member: Member) -> ReleaseFile:
    """The record of a file as it lies here, not yet saved."""
    sha256, size = files.fingerprint(member)
    return ReleaseFile(name=member.name, archive=member.archive, sha256=sha256, size=size)


def refuse_doubled(publication: Publication, sources: list[ReleaseFile]) -> None:
    """Refuse a publication of which two files are the same."""
    by_content: dict[str, Member] = {}
    for member, source in zip(publication.members, sources, strict=True):
        if source.sha256 in by_content:
            raise Refused(
                f"{by_content[source.sha256]} and {member} have the same content: a part is there twice, and "
                "another one is missing. Download the parts again."
            )
        by_content[source.sha256] = member


def loaded_before(publication: Publication, sources: list[ReleaseFile]) -> Release | None:
    """The release that all of this was loaded as; refused when some of it is in a release of another name."""
    members = {source.sha256: member for source, member in zip(sources, publication.members, strict=True)}
    readable = Release.objects.published().filter(dataset=publication.dataset)
    for release in readable.filter(files__sha256__in=members).distinct():
        known = set(release.files.values_list("sha256", flat=True))
        is_of_quarter = release.quarter == publication.quarter
        if (
            release.setting == publication.setting
            and not is_of_quarter
            and publication.dataset in MAY_STAY_THE_SAME
        ):
            continue
        if not release.partial and (release.setting != publication.setting or not is_of_quarter):
            member = next(member for sha256, member in members.items() if sha256 in known)
            now = Release(dataset=release.dataset, setting=publication.setting, quarter=publication.quarter)
            raise Refused(
                f"{member} has been loaded as {release}, and now appears as {now}. "
                "If the first is right, there is nothing to do."
            )
        if members.keys() <= known and is_of_quarter and release.setting == publication.setting:
            return release
    return None


def doubts(release: Release, publication: Publication) -> list[str]:
    """That all files of a written release are those of another quarter: a sentence, none where they are not.

    An MUE table has no dates, so that nothing else tells last quarter's table under the name of this one.
    """
    files_of = {member.name for member in publication.members}
    contents = set(release.files.filter(name__in=files_of).values_list("sha256", flat=True))
    of_table = Release.objects.filter(dataset=release.dataset, setting=release.setting, state__in=STANDING)
    others = of_table.exclude(quarter=release.quarter).filter(files__sha256__in=contents).distinct()
    for other in others.newest_first():
        if contents <= set(other.files.values_list("sha256", flat=True)):
            what = "file is that" if len(contents) == 1 else "files are those"
            return [
                f"Byte for byte its {what} of {other.title}, {STANDING[other.state]}: one of the two may have the "
                f"wrong name. Download {release.title} again from CMS. Use this only if CMS posted the same for "
                "both quarters."
            ]
    return []


def lacking(publication: Publication, release: Release) -> list[str]:
    """The names of the files that a loaded release has beside those of a publication that is part of it.

    None when no file is the same: then the publication says the same in another form.
    """
    members = [*publication.members, *filter(None, [publication.notes])]
    names = dict(release.files.values_list("sha256", "name"))
    found = {files.fingerprint(member)[0] for member in members} & names.keys()
    return [name for sha256, name in names.items() if sha256 not in found] if found else []


def loaded_with_same_rows(release: Release) -> Release | None:
    """The release of this quarter that says the same, from the workbook where this is the text, or so."""
    readable = Release.objects.published().of_a_kind(release).filter(quarter=release.quarter)
    return next((other for other in readable if rows.say_the_same(release, other)), None)
