"""Reports that people read: one page of HTML with its plots and pictures inside, without any script."""
