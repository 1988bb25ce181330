"""The command line: every verb of the service, as text or JSON."""
