"""Activities that students take part in."""
