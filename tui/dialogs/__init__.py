"""Questions in front of a screen: actions, plan, corrections.

May import widgets and the user interface's parts.
"""
