"""The gateway's documents: districts, apps, sign-ins and grants. No name of a person is among them."""
