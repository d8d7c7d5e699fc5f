"""The workshop's race: our chain beside a plain loop of the usual libraries. Nothing at the roadside imports it."""
