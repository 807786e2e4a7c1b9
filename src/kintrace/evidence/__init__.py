"""What is known of two records → likelihood ratios per fact and their sum, each explained.

:func:`weigh` takes two people and gives :class:`Evidence`: face, names, birth, sex, places, family, numbers, marks and height.
:func:`waterfall` draws it. A face's comparison score means nothing by itself: a :class:`Calibration`, made from pairs that are
known, says how much more likely the score is for one person than for two, and how many strangers a collection would be expected
to hold at it.

What is named here is in ``__init__.pyi``; each module is loaded when something of it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
