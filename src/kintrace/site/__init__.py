"""The Django project: settings, and the web pages. Pages call the verbs of the rooms below, and hold no rule of their own.

Every page goes through a door (``door.py``): who is signed in, for which office, in which roles. What a door does not name,
nobody may. Texts are in English in the templates and translated by gettext (docs/translating.md).
"""
