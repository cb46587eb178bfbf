"""Import of a school's list of students: read, match columns, compare (dry run), confirm, work, report."""
