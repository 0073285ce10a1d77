"""Compiled loops of the network measures; called by the modules beside this folder and by nobody else."""
