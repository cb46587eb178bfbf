"""What every subject needs."""
