"""Visits of classes to employers: offers and wishes, planning, the sheet, the ledger."""
