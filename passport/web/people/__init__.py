"""People: accounts and roles of students, staff, champions and institutions."""
