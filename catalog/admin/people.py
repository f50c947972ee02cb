"""Accounts: what somebody may do follows from their groups, which ``catalog.roles`` makes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import axes.admin  # noqa: F401 - so that there is something to take the place of
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyField, OuterRef, QuerySet, Subquery, Sum
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import localize

from catalog.models import AuditEntry

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)
LIFTED = "Lifted the lock of"  # begins the record of who did
LIFTED_SHOWN = 10

# Importing the admins of Django and axes has registered them; these take their place.
admin.site.unregister([User, Group, AccessAttempt])


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Permissions of a single person are not offered: nobody would find them again."""

    list_display = ["username", "full_name", "email", "in_groups", "is_superuser", "is_active", "last_login"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Who it is", {"fields": ["first_name", "last_name", "email"]}),
        ("What they may do", {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs
    ) -> forms.ModelMultipleChoiceField | None:
        """Groups are few: each has a box to tick."""
        if db_field.name == "groups":
            return forms.ModelMultipleChoiceField(
                Group.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: list[BaseFormSet], change: bool
    ) -> None:
        """Save the groups as well; say so where somebody may do things at the desk but not come in."""
        super().save_related(request, form, formsets, change)
        user = form.instance
        groups = self.in_groups(user)
        if user.is_active and not user.is_staff and (groups or user.is_superuser):
            what = f"is in the group {groups}" if groups else "is a superuser"
            messages.warning(request, f"Nobody can log in as {user}, who {what}: tick “Staff status” as well.")

    def get_deleted_objects(self, objs: Iterable[User], request: HttpRequest) -> tuple:
        """What deleting would take along, and in words what forbids it: the trail shall say who it was."""
        users = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(users, request)
        refusals = [
            f"{user} has done things here that the trail, the imports or the audit log tell of. Switch the "
            "account off instead: untick “Active”, and nobody can log in with it."
            for user in users
            if _has_history(user)
        ]
        return deleted, counts, lacking, [*protected, *refusals]

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="groups")
    def in_groups(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    filter_horizontal = ()


@admin.register(AccessAttempt)
class FailedLoginAdmin(admin.ModelAdmin):
    """A row counts the failures of one name from one address. Without it they are forgotten, and the lock too."""

    heading = "Failed logins"
    about = "Too many of them lock the login for a while. Lift a lock by choosing its row, and the action below."
    counted_as = "failed logins"
    actions = ["lift"]
    list_display = ["username", "ip_address", "failures_since_start", "attempt_time", "locked"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]
    search_help_text = "A name or an address"
    fields = readonly_fields = [
        *("username", "ip_address", "failures_since_start", "attempt_time", "locked", "user_agent")
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAttempt]:
        """The rows, each with the failures that count now: ``of_address``, and ``of_name`` from that address."""
        address, name = OuterRef("ip_address"), OuterRef("username")
        return (
            super()
            .get_queryset(request)
            .annotate(
                of_address=Subquery(_failures(ip_address=address)),
                of_name=Subquery(_failures(ip_address=address, username=name)),
            )
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        kind = ContentType.objects.get_for_model(AccessAttempt)
        lifted = LogEntry.objects.filter(content_type=kind, change_message__startswith=LIFTED).select_related(
            "user"
        )
        last = {"lifted": lifted.order_by("-pk")[:LIFTED_SHOWN]}
        return super().changelist_view(request, last | (extra_context or {}))

    def get_actions(self, request: HttpRequest) -> dict:
        """Deleting is called what it is for."""
        return {name: action for name, action in super().get_actions(request).items() if name == "lift"}

    @admin.action(description="Lift the lock, and forget these failures", permissions=["delete"])
    def lift(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> None:
        """Forget them whatever browser they came from, which is another row; and say what stays locked."""
        attempts = list(queryset)
        for one in attempts:
            whose = f"{one.username} from {one.ip_address}, {one.failures_since_start} failures"
            LogEntry.objects.log_actions(request.user.pk, [one], DELETION, f"{LIFTED} {whose}.")
            AccessAttempt.objects.filter(username=one.username, ip_address=one.ip_address).delete()
        names = sorted({one.username or "nobody" for one in attempts})
        forgotten = f"The failures of {', '.join(names)} are forgotten"
        if locked := _locked_addresses({attempt.ip_address for attempt in attempts}):
            messages.warning(
                request,
                f"{forgotten}, but logins from {', '.join(locked)} are still locked, by failures of other names. "
                "Lift the lock of those rows as well.",
            )
        else:
            messages.success(request, f"{forgotten}: they can log in again.")

    @admin.display(description="locked")
    def locked(self, attempt: AccessAttempt) -> str:
        """Until when, where so many failures lock it now; or with its address, whatever the name."""
        if (attempt.of_address or 0) >= settings.FAILURE_LIMIT_OF_ADDRESS:
            return f"with its address: {attempt.of_address:,} failures"
        if (attempt.of_name or 0) < settings.AXES_FAILURE_LIMIT or attempt.attempt_time < _counted_since():
            return "no"
        return f"until {localize(timezone.localtime(attempt.attempt_time + COOL_OFF))}"


def _counted_since() -> datetime:
    return timezone.now() - COOL_OFF


def _failures(**of: object) -> QuerySet:
    """How many failures of an address count now, for those of ``of``: ``coding_reference.logins`` locks by it."""
    lately = AccessAttempt.objects.filter(attempt_time__gte=_counted_since(), **of).order_by()
    return lately.values("ip_address").annotate(failures=Sum("failures_since_start")).values("failures")


def _locked_addresses(addresses: Iterable[str]) -> list[str]:
    too_many = _failures(ip_address__in=addresses).filter(failures__gte=settings.FAILURE_LIMIT_OF_ADDRESS)
    return sorted(too_many.values_list("ip_address", flat=True))


def _has_history(user: User) -> bool:
    """Whether anything that is kept names this account, as who changed a text or took a step."""
    if AuditEntry.objects.filter(by=user.get_username()).exists() or LogEntry.objects.filter(user=user).exists():
        return True
    kept = (each for each in User._meta.get_fields(include_hidden=True) if each.one_to_many and each.auto_created)
    of_ours = (each for each in kept if each.related_model._meta.app_label == "catalog")
    return any(each.related_model._base_manager.filter(**{each.field.name: user}).exists() for each in of_ours)
