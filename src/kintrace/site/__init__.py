"""The Django project: settings, and (later) the web pages and the REST API. Its parts call the verbs of the rooms below."""
