"""The views, by the noun on the screen."""
