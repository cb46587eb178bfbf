"""Tables and queries of frameworks."""

from passport.db.programmes.frameworks import alignments, comments, sign_offs, versions

__all__ = ["alignments", "comments", "sign_offs", "versions"]
