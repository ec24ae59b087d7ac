"""Composition: answers made of what several services know, asked at once, with what is missing said aloud."""
