"""Loops of tasking that arrays cannot express."""
