"""The record: passages, violations and the outbox of events, in SQLite or PostgreSQL."""
