"""Programmes, schools, sectors, cohorts, activities, frameworks, issuers."""
