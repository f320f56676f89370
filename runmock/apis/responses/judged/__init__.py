"""What an application's requests do with the responses before them: what verdicts know of this API."""
