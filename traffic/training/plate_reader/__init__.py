"""Training the plate reader on drawn plates."""
