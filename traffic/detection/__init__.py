"""Finding vehicles in frames."""
