"""The live page: two twins side by side in a browser, each tab with a process of its own that lives their days."""

from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
"""What is served as it is: the page, its styles and scripts."""
