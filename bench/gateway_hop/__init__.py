"""The gateway's hop, measured beside its peers on one core."""
