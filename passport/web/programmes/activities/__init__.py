"""Pages about activities that students take part in."""
