"""What support and platform administrators do, each change with its reason."""
