"""Says which admin site this project has."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "catalog.desk.Desk"
