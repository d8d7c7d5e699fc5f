"""The way out: wire format, and the publisher that drains the outbox into an MQTT broker."""
