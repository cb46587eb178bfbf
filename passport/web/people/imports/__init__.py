"""Pages of imports of students: send, match columns, look at the dry run, confirm, report."""
