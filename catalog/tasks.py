"""What the worker does outside of requests."""

from __future__ import annotations

from django_tasks import task


@task()
def carry_out(run: int) -> None:
    """Bring and rehearse the releases of the import with this number."""
    from catalog import running  # which leads back here, as activating a release asks for the other task

    running.carry_out(run)


@task()
def tidy() -> None:
    """Remove the rows of releases that were pruned or discarded."""
    from catalog.importers import rehearsal

    rehearsal.tidy()
