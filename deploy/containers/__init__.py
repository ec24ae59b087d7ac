"""The town in containers: what runs inside them beside Trellis itself."""
