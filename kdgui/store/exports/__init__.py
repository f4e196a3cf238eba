"""Writing results and reports: workbooks, CSV, clipboard, names of files."""
