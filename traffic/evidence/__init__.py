"""Evidence pictures: drawn, written so that a power cut loses none, and checked against their records."""
