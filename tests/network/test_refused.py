"""A description of what is no network is refused, and the words say what is wrong with it."""

import pytest
from hostile import descriptions

from neuronwise.network import FileError, storage

DESCRIPTIONS = descriptions()


@pytest.mark.parametrize("what", DESCRIPTIONS)
def test_a_description_of_no_network_is_refused_in_a_few_words(what: str) -> None:
    content, said = DESCRIPTIONS[what]

    with pytest.raises(FileError) as refused:
        storage.parse(content, "net.json")  # how soon: `make proof`

    assert str(refused.value).startswith("net.json")
    assert said in str(refused.value)
    assert len(str(refused.value)) < 1_000  # of a cycle all neurons are named
