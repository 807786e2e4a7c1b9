"""Standing searches, candidates, reviews, conclusions: two cards find each other, and people decide whether it is one person.

What may be compared at all comes first (:mod:`comparable`), then who is near (:mod:`near`), then the evidence (:mod:`weighing`),
then candidates (:mod:`candidates`) and the verbs by which people judge them. Import the parts from their modules: Django's
models must not load before its settings.
"""
