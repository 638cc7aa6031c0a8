"""The views of the kit, one module for each noun on the screen. State changes by POST alone."""
