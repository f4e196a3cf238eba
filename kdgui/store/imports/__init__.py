"""Reading bill numbers from the clipboard, text files and workbooks."""
