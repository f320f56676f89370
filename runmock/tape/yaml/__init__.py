"""YAML by the rules of version 1.2, with the place of each value, and JSON values written as YAML on one line."""
