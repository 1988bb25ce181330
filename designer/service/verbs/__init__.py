"""The verbs, one class per topic. May import the parts of the service, engine and campaigns."""
