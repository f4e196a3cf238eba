"""The window: QtWidgets, models and the worker thread."""
