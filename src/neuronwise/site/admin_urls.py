"""What is served on the admin's listener: the admin, drafts as they will look, health and figures."""

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.models import Group, User
from django.urls import path
from django.views.generic import RedirectView

from neuronwise.site import logins, metrics, urls, views
from neuronwise.site.admin import Accounts

admin.site.unregister([Group, User])  # Django's own pages for them: there is one author
admin.site.register(User, Accounts)
admin.site.site_header = "Neuron by Neuron"
admin.site.site_title = "Neuron by Neuron"
admin.site.index_title = "The author's side"
admin.site.login_form = logins.LoginForm
logins.watch()
admin.site.site_url = None  # the readers' side has another address

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/login/", logins.login),  # before the admin's own
    path("admin/", admin.site.urls),
    path("health", views.health),
    path("metrics", metrics.metrics),
    path("<slug:slug>/", staff_member_required(views.draft)),
    path(f"<slug:slug>/<{urls.FILE}:file>", staff_member_required(views.draft_download)),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error
