"""Core services that every subject uses: audit trail, errors, rights, mail, notices."""
