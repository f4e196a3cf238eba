"""Widgets and looks that know nothing of bills."""
