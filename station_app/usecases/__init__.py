"""One function for each thing a worker does, and the ports it needs."""
