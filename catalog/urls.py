from django.urls import path

from catalog.views import browse, codes, health, lookup, modifiers, releases, search_api

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("theme", lookup.theme, name="theme"),
    path("help/", lookup.help_page, name="help"),
    path("sections/", browse.browse, name="browse"),
    path("sections/<slug:slug>/", browse.section, name="section"),
    path("codes/<str:code>/", codes.code, name="code"),
    path("modifiers/", modifiers.modifiers, name="modifiers"),
    path("modifiers/<str:modifier>/", modifiers.modifier, name="modifier"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("api/hcpcs/v3/search", search_api.search, name="search_api"),
    path("healthz", health.healthz, name="healthz"),
]
