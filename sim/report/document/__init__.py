"""The report of a result: one document in two languages, made of the result's own tables, as HTML and as Markdown.

`material` reads a result folder, the files of sections make blocks of it (`blocks`), `build` puts them in order,
`render` writes them. Prose takes its numbers from cells of the document's own tables, as they are written there.
"""
