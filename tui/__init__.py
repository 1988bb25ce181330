"""The terminal UI: screens and widgets on top of the service.

May import service, worker, render and the plain data of campaigns; inside, upper may import lower
only: app, screens, dialogs, widgets and palette, ui, then actions, campaign_view, jobs and drafts.
"""
