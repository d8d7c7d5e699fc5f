"""Making the detector smaller and quicker: distillation, pruning, INT8."""
