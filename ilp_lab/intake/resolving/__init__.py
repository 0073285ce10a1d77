"""Which records are one person, vehicle, phone or address: written alike, compared, scored, joined, and decided by a human."""
