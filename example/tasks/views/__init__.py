"""The pages of the task board. Every form is a plain POST that ends in a redirect."""
