"""kdgui pushes bills down in Kingdee K/3 Cloud and tells what became of every one."""

__version__ = "0.1.0"
