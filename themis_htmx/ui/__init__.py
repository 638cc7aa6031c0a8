"""The user interface: what each component is given to show."""
