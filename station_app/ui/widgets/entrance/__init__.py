"""What stands at the entrance: joining, activating, signing in."""
