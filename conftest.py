"""For all tests: Django knows its settings before a doctest imports a model; Hypothesis draws the same each time."""

import os

import django
from hypothesis import Phase, settings

os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
django.setup()

FINDING = [phase for phase in Phase if phase is not Phase.explain]  # explaining traces every line: it takes minutes
settings.register_profile("house", derandomize=True, deadline=None, phases=FINDING)  # on every machine, slow or fast
settings.load_profile("house")
