"""Settings: those of the process (environment, file) and those of the cluster (changed while it runs)."""
