"""Background jobs: the queue, its sweep, and the work of each job."""
