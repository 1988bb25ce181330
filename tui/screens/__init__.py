"""The numbered screens. May import dialogs, widgets and what lies beside app."""
