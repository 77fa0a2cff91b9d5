"""Tokens that somebody has made up: true ones, changed, or for another purpose."""

import random
from collections.abc import Iterator
from uuid import uuid4

from neuronwise.site.tokens import LIVES, opened, token

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def accepted(count: int, seed: int = 5) -> Iterator[str]:
    """Of so many forged tokens, those that open something."""
    chance = random.Random(seed)  # noqa: S311  (alterations, no secrets)
    purposes = list(LIVES)
    true = {purpose: token(purpose, uuid4()) for purpose in purposes}
    for _ in range(count):
        made, asked = chance.choice(purposes), chance.choice(purposes)
        one = altered(true[made], chance) if made == asked else chance.choice([true[made], altered(true[made], chance)])
        if opened(asked, one) is not None:
            yield one


def altered(one: str, chance: random.Random) -> str:
    """The token with a letter changed, added or lost, or its end turned round."""
    place = chance.randrange(len(one))
    letter = chance.choice(ALPHABET.replace(one[place], ""))
    turned = one[:place] + one[place:][::-1]
    ways = [one[:place] + letter + one[place + 1 :], one[:place] + letter + one[place:], one[:place] + one[place + 1 :]]
    return chance.choice([way for way in (*ways, turned) if way != one])
