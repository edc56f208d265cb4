"""The journal on disk: SQLAlchemy rows and the stores of station and center."""
