"""The course's web site: built from what the course holds already, without a network.

`staging` lays out what Sphinx reads: notebooks as students get them, with the outputs of the lecture (`shown`,
`guesses`), facts for their cards (`cards`), documents and pages (`documents`), the glossary (`glossary`). `extension`
is our part in Sphinx, `pdf` prints, `links` checks what was built. `build` calls them in that order.
"""
