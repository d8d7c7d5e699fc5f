"""Running models: one Engine protocol, one module a backend, and the card that a model is shipped with."""
