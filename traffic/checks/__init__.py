"""Everything that can be found wrong before a run: each thing that the config names is tried."""
