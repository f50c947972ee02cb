from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("scratchpad.urls")),
    path("", include("catalog.urls")),
]

handler403 = "catalog.admin.errors.not_allowed"
handler404 = "catalog.admin.errors.not_found"
handler500 = "catalog.views.errors.server_error"
