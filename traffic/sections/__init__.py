"""Section control: the average speed between two cameras, matched in the central database."""
