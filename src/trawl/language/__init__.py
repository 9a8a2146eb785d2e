"""The language: text to tree and back, and date math. It knows no command by name."""
