"""The parts of the page on which a case is taken in."""
