"""`import …`: a framework of skills, or a list of students, from a file."""
