"""When two recordings, or two parts of them, mean the same: ids, times and polls aside."""
