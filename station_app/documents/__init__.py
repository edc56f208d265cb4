"""One module for each printed form: domain values in, PDF bytes out."""
