"""The pages, one module each. A page asks verbs, and gives what they answer to a template; no rule lives here."""
