"""The site: serves the built book, and keeps a table of its chapters. It does no mathematics.

One process holds everything: Django answers for pages and downloads, WhiteNoise for the assets, waitress listens.
No path is computed from a request: a page's folder comes from the table, an asset from a dictionary of known files.
Every answer, an error too, carries the headers of `headers`; none carries a cookie. Settings come from the environment
(`environment`, `settings`). The site reads what `book` has built, `contents.json` first, and imports nothing below it.
"""
