"""What is served, besides the assets under /a/."""

from django.urls import path

from neuronwise.site import forms, views
from neuronwise.site.replies import views as replies

urlpatterns = [
    path("", views.landing),
    path("errata/", views.errata),
    path("health", views.health),
    path("robots.txt", views.robots),
    path("subscribe", forms.subscribe),
    path("subscribed", forms.subscribed),
    path("c/<str:token>", forms.confirm),
    path("u/<str:token>", forms.unsubscribe),
    path("r/<str:token>", replies.moderate),
    path("<slug:slug>", views.with_slash),
    path("<slug:slug>/", views.chapter),
    path("<slug:slug>/replies", replies.replies),
    path("<slug:slug>/reply", replies.reply),
    path("<slug:slug>/replied", replies.replied),
    path("<slug:slug>/replies.xml", replies.latest),
    path("<slug:slug>/<str:file>", views.download),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
