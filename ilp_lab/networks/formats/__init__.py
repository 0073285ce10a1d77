"""Formats that link charts are exchanged in; used by ``networks.read_chart`` and ``networks.write_chart``."""
