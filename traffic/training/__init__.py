"""The workshop where the models' weights are made; the roadside path never imports it."""
