"""The pure state machine of sync, station side and center side."""
