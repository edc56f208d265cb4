"""Parts of the pages that hand over, receive and deliver."""
