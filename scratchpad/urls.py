from django.urls import path

from scratchpad import views

urlpatterns = [
    path("scratchpad/", views.scratchpad, name="scratchpad"),
]
