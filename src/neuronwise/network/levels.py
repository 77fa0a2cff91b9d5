"""Who stands where in a picture: a level is the longest way from an input, in edges of one step."""

from neuronwise.necessary.graph import in_order
from neuronwise.network.parts import Parts


def levels(parts: Parts) -> list[list[str]]:
    """The names of inputs and neurons, level by level; each is ordered by where its sources stand.

    >>> from neuronwise.network.making import layered
    >>> levels(layered([2, 1], ("tanh", "identity"), (None, None), 0))
    [['i1', 'i2'], ['o1']]
    """
    level = dict.fromkeys(parts.inputs, 0)
    sources: dict[str, list[str]] = {j: [] for j in parts.kinds}
    for place in parts.edges:
        if not place.delay:
            sources[parts.home[place.net_input]].append(place.source)
    for group in in_order(parts.neurons(late=False)):
        deepest = max((level[i] for j in group.neurons for i in sources[j]), default=0)
        level |= dict.fromkeys(group.neurons, deepest + 1)
    rows: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for name in (*parts.inputs, *parts.kinds):
        rows[level[name]].append(name)
    height: dict[str, float] = {}
    for row in rows:
        row.sort(key=lambda j: _middle([height[i] for i in sources.get(j, [])]))
        height |= {name: position - (len(row) - 1) / 2 for position, name in enumerate(row)}
    return rows


def _middle(heights: list[float]) -> float:
    return sum(heights) / len(heights) if heights else 0.0
