"""What a form consists of: columns, link columns and rules, found by asking and remembered."""
