from django.urls import path

from scratchpad.views import page, suggestions

urlpatterns = [
    path("scratchpad/", page.scratchpad, name="scratchpad"),
    path("scratchpad/suggest/", suggestions.suggest, name="scratchpad_suggest"),
]
