"""What is kept: journal, profiles, secrets, workbooks, catalogue and words."""
