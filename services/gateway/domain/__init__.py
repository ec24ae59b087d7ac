"""The rules of the front door: districts, apps, and who may get a token for what; pure."""
