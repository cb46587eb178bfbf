"""What students log: drafts, files, versions, holds, reading log."""
