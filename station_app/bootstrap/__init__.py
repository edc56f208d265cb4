"""The one place where real parts are built and joined."""
