"""Doctests import every module; Django's models can be imported only once Django knows its settings."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
django.setup()
