from django.urls import path

from catalog.views import (
    addon,
    browse,
    codes,
    health,
    levels,
    lookup,
    misconceptions,
    modifiers,
    mue,
    ptp,
    releases,
    search_api,
)

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("theme", lookup.theme, name="theme"),
    path("help/", lookup.help_page, name="help"),
    path("sections/", browse.browse, name="browse"),
    path("sections/<slug:slug>/", browse.section, name="section"),
    path("codes/<str:code>/", codes.code, name="code"),
    path("edits/ptp/<str:setting>/<str:one>/<str:two>/", ptp.ptp_pair, name="ptp_pair"),
    path("edits/mue/<str:setting>/<str:code>/", mue.mue, name="mue"),
    path("edits/addon/<str:add_on>/<str:primary>/", addon.addon, name="addon"),
    path("modifiers/", modifiers.modifiers, name="modifiers"),
    path("modifiers/<str:modifier>/", modifiers.modifier, name="modifier"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("levels/", levels.levels, name="levels"),
    path("levels/which/", levels.which_set, name="which_set"),
    path("levels/misconceptions/", misconceptions.misconceptions, name="misconceptions"),
    path("api/hcpcs/v3/search", search_api.search, name="search_api"),
    path("healthz", health.healthz, name="healthz"),
]
