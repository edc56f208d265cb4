"""Parts of the first pages and of the deciding pages."""
