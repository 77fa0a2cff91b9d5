"""For all tests: Django knows its settings before a doctest imports a model; Hypothesis draws the same each time."""

import os

import django
from hypothesis import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
django.setup()

settings.register_profile("house", derandomize=True, deadline=None)  # on every machine, slow or fast
settings.load_profile("house")
