"""Workbooks (XLSX, ODS): their sheets as rows of text. Only this package uses python-calamine."""
