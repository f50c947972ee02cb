from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("scratchpad.urls")),
    path("", include("catalog.urls")),
]

handler404 = "catalog.views.errors.not_found"
handler500 = "catalog.views.errors.server_error"
