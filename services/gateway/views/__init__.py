"""Questions that the gateway answers from its own documents."""
