"""The terminal UI: screens and widgets on top of the service. Holds nothing yet."""
