"""Whether saved work survives: processes killed at any moment, centers that die between commit and reply."""
