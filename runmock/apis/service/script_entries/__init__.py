"""What the entries of a distilled script have in common, whichever API was recorded."""
