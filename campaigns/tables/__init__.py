"""Tables as files hold them: CSV, XLSX, columns, cells. May import log and below."""
