"""Every figure that the project promises, measured: `make proof` runs them all and keeps the results as data."""
