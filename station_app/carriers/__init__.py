"""What is carried by hand: files on a stick, in a shared folder, on a disc."""
