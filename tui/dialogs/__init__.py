"""Questions in front of a screen: actions, plan, corrections.

May import widgets and what lies beside app.
"""
