"""What is served, besides the assets under /a/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from neuronwise.site import forms, machines, views
from neuronwise.site.replies import views as replies

FILE = "file"


class FileName(StringConverter):
    """A file's name as the builder writes it. PostgreSQL takes no NUL, not even to look for it."""

    regex = "[a-z0-9_.-]+"


register_converter(FileName, FILE)

urlpatterns = [
    path("", views.landing),
    path("atom.xml", machines.atom),
    path("errata/", views.errata),
    path("health", views.health),
    path("picture.png", views.picture),
    path("robots.txt", machines.robots),
    path("sitemap.xml", machines.sitemap),
    path("subscribe", forms.subscribe),
    path("subscribe/sent", forms.subscribed),
    path("d/", forms.own_data),
    path("d/sent", forms.own_data_asked),
    path("d/<str:token>", forms.own_data_of),
    path("d/<str:token>/own-data.json", forms.own_data_file),
    path("c/<str:token>", forms.confirm),
    path("u/<str:token>", forms.unsubscribe),
    path("r/<str:token>", replies.moderate),
    path("<slug:slug>", views.with_slash),
    path("<slug:slug>/", views.chapter),
    path("<slug:slug>/replies", replies.replies),
    path("<slug:slug>/reply", replies.reply),
    path("<slug:slug>/replied", replies.replied),
    path("<slug:slug>/replies.xml", replies.latest),
    path(f"<slug:slug>/<{FILE}:file>", views.download),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
