"""What texts tell beyond the names."""
