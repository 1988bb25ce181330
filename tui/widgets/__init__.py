"""Parts of screens: tables, forms, texts. May import what lies beside app."""
