"""The book: the chapters, and the builder that turns each into a page, a PDF, an EPUB and a notebook.

A chapter is one Markdown file and its programs. `source` reads it into a `document`, and on the way checks every
link of the
chain: each formula is read from the program, each derivation checked twice, each number computed. The writers (`html`,
`typst`, `epub`, `notebook`) only write down what stands there. `program`, `quantities`, `fragments`, `pictures`
and `live` are the page's Python too: they run in the reader's browser, and need the standard library alone.
"""
