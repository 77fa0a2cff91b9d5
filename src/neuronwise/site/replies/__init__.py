"""Replies: what readers write under a chapter, from the typed text to the page.

mathml, commands, tex, hues, rendering   a reader's text -> HTML that can do no harm; they know nothing of the site
"""
