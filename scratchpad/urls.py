from django.urls import path

from scratchpad.views import page

urlpatterns = [
    path("scratchpad/", page.scratchpad, name="scratchpad"),
]
