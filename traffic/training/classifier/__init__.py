"""How the vehicle classifier's weights are made."""
