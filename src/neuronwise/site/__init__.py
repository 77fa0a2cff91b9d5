"""The site: serves the built book, and tells who signed up when a chapter is out. It does no mathematics.

One process holds everything: Django answers for pages and downloads, WhiteNoise for the assets, waitress listens.
No path is computed from a request: a page's folder comes from the table, an asset from a dictionary of known files.
Every answer, an error too, carries the headers of `headers`; no reader gets a cookie. Settings come from the
environment (`environment`, `settings`). Letters go from the `ledger` through a worker (`delivering`) to a `postbox`;
`guard` looks at forms, `tokens` at mailed links. The author has a listener of its own (`admin_side`, `admin`);
`backups`, `aftermath`, `checking`, `metrics`, `logs` are for who runs the site. The site reads what `book` has built,
`contents.json` first, and imports nothing below it.
"""
