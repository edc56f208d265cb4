"""docs/openapi.yaml against docs/sync.md, the program, and a center under generated calls."""
