"""What the commands share: options, the connection, and how things look in a terminal."""
