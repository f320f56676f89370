"""What was measured, as a page to read: whether limits are kept, tables, and a chart. Nothing here measures."""
