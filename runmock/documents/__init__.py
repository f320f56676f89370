"""Floor 3: cassettes as documents: read for people, checked, compared, and turned from scripts to recordings and back."""
