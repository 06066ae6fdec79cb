"""Settings are stated once: schema and words follow from the dataclass."""

from dataclasses import dataclass

from mfg_imitation.io.schema import find_problem
from mfg_imitation.io.settings import in_words, schema_of, setting


@dataclass(frozen=True)
class Journey:
    speed: float = setting(1.5, "In km/h.", words="at {} km/h", kind=float, minimum=0)
    stops: int = setting(0, "How many.", words="with {} stops", kind=int, minimum=0, maximum=9)


def test_the_schema_is_closed_and_keeps_the_limits():
    schema = schema_of(Journey)
    assert find_problem({"speed": 3, "stops": 9}, schema) is None
    for wrong in ({"stops": 10}, {"stops": 0.5}, {"speed": -1}, {"sped": 1}):
        assert find_problem(wrong, schema) is not None, wrong
    assert schema["properties"]["speed"]["description"] == "In km/h."


def test_words_name_what_differs_from_the_defaults():
    assert in_words(Journey, {}, "as usual") == in_words(Journey, {"stops": 0}, "as usual") == "as usual"
    assert in_words(Journey, {"stops": 2, "speed": 0.5}, "as usual") == "at 0.5 km/h; with 2 stops"
