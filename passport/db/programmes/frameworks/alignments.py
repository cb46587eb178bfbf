"""Crosswalk: items of other frameworks that a skill is aligned with."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from passport.db.base import Base, new_reference


class SkillAlignment(Base):
    """An item of another framework, as an Alignment of Open Badges 3.0 names it.

    ``url`` identifies the item (targetUrl), ``kind`` is its targetType, ``code`` its targetCode or "".
    """

    __tablename__ = "skill_alignments"
    __table_args__ = (UniqueConstraint("skill_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    name: Mapped[str]
    url: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    framework: Mapped[str]

    @property
    def said(self) -> tuple[str, str, str, str, str]:
        """Return what the alignment says, as values."""
        return (self.name, self.url, self.kind, self.code, self.framework)
