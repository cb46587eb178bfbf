"""Evidence: what students log. Drafts, files, versions, holds, reading log."""
