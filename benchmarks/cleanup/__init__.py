"""What cleanup costs beside one plain DELETE, and how long others wait for it."""
