"""The public pages: what the API answers, for people who read. No page reads the record itself."""
