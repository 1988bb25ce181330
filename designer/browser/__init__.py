"""The terminal UI in a browser: a page, a websocket, a process for everybody who looks."""
