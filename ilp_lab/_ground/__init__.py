"""The ground an analysis stands on: usable points and times, study area, cells, areas, what was left out, false discovery."""
