"""What an administrator does about a PC, each on a sheet of its own in the page of all PCs."""
