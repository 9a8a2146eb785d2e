"""What sources there are, and how what is known about them is written down."""
