"""Lists of plates: read from files, matched with passages, and exchanged while the system runs."""
