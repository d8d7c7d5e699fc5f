"""Reading plates: which crops to read, the reader's seam, and one plate from many readings."""
