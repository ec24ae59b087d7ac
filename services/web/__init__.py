"""The pages people use: rendered here, without data of their own, from the gateway's public API alone."""
