"""The pictures of docs/pictures: each page of each edition, light and dark, taken on a virtual screen."""
