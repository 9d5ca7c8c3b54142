"""The pictures in docs/images, taken of the real thing: `python -m tests.pictures [NAME…]`."""
