"""Optimistic locking for forms: refuse to overwrite a stored version that the user has not seen."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import HiddenField

from passport.services.core.edit_conflict import Stored, stamp
from passport.web.core.widgets import Form


class StoredForm(Form):
    """A form with the stamp of the stored version it showed (`services.core.edit_conflict`)."""

    seen = HiddenField()
    is_overtaken = False

    def show(self, stored: Stored, **values: object) -> None:
        """Fill in the stored values. After a conflict, keep what was typed and update the stamp."""
        if not self.is_submitted():
            self.fill(seen=stamp(stored), **values)
        elif self.is_overtaken:
            self.seen.data = stamp(stored)

    def overtaken(self, box: str) -> None:
        """Record the conflict as an error at the field `box`; the page shows what is stored now."""
        self.is_overtaken = True
        self.add_error(
            box,
            _("This was changed while you had it open. Compare it with yours, then save again to keep yours"),
        )
