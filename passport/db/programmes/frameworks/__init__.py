"""Tables and queries of frameworks."""

from passport.db.programmes.frameworks import alignments, comments, imported_files, sign_offs, versions

__all__ = ["alignments", "comments", "imported_files", "sign_offs", "versions"]
