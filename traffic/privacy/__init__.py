"""What the record keeps of people who broke no rule: plates as keyed hashes, and evidence pictures without others."""
