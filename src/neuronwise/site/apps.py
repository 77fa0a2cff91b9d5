"""What Django calls this room."""

from django.apps import AppConfig


class Site(AppConfig):
    """The site, as a part of Django."""

    name = "neuronwise.site"
    verbose_name = "The book"
