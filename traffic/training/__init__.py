"""The workshop where the detector's weights are made; the roadside path never imports it."""
