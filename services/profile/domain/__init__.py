"""Profile's rules: values in, values out."""
