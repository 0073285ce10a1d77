"""Compiled loops of this room: plain functions of numbers and arrays, called by the modules around them."""
