"""The center's ASGI application."""
