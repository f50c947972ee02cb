from django.urls import path

from scratchpad.views import page, suggestions

urlpatterns = [
    path("scratchpad/", page.scratchpad, name="scratchpad"),
    path("scratchpad/paste/", page.paste, name="scratchpad_paste"),
    path("scratchpad/suggest/", suggestions.suggest, name="scratchpad_suggest"),
]
