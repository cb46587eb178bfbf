"""What holds for the house as a whole, whatever its rooms do."""
