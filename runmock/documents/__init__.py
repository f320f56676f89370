"""Floor 4: cassettes as documents: shown to people, checked, compared, turned from script to recording and back."""
