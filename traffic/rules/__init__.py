"""From passages to violations: one rule a file."""
