"""Fits the consensus of plates to passages whose plates are known."""
