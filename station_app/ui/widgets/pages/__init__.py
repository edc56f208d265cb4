"""The pages of the workspace, one file each; registry.py lists them."""
