"""The windows: models and presenters hold the logic (QtCore only), widgets lay out and show."""
