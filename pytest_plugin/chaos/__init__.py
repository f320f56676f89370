"""The chaos pass: runs a test once for each fault, and reports how the application dealt with it."""
