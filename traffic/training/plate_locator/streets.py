"""Pictures without a plate that are hard for a locator: streets and vehicles of which it is surest, and lettering."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from traffic.training.plate_locator.drawn import write_anywhere
from traffic.training.plate_locator.measure import Finder, best_scores
from traffic.training.plate_locator.samples import PlateView

Drawing = Callable[[np.random.Generator], PlateView]
CANDIDATES = 6
_CHOSEN_SHARE = 0.6
_LETTERED_SHARE = 0.3


def hardest(drawing: Drawing, finder: Finder | None, random: np.random.Generator) -> PlateView:
    """A picture without a plate; mostly that of several in which a locator is surest of one.

    Args:
        drawing: gives one such picture.
        finder: the locator; None chooses by chance.
        random: decides everything.
    """
    chosen = finder is not None and random.random() < _CHOSEN_SHARE
    views = [drawing(random) for _ in range(CANDIDATES if chosen else 1)]
    return views[0] if finder is None else views[int(best_scores(finder, views).argmax())]


def lettered(view: PlateView, random: np.random.Generator) -> PlateView:
    """The same picture, sometimes with words straight on it."""
    if random.random() >= _LETTERED_SHARE:
        return view
    image = view.image.copy()
    write_anywhere(image, random)
    return PlateView(image, view.quads, view.exact)
