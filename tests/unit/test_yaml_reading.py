"""Reading YAML as Rasa does."""

from __future__ import annotations

from rasa.shared.utils.io import YAML_VERSION, read_yaml
from ruamel import yaml

from exemplar.dialogue.yaml_reading import read_in_linear_time


def test_what_is_tried_for_a_value_does_not_grow_with_the_values_before_it() -> None:
    read_in_linear_time()
    parser = yaml.YAML(typ="safe")
    parser.version = YAML_VERSION
    parser.load("\n".join(f"- a value {number}" for number in range(1000)))
    assert max(map(len, parser.resolver.versioned_resolver.values())) < 20


def test_variables_of_the_environment_are_still_put_in(monkeypatch) -> None:
    read_in_linear_time()
    monkeypatch.setenv("EXEMPLAR_TRIED", "here")
    text = "- one\n- ${EXEMPLAR_TRIED}\n- yes\n- 3\n- ''\n- ${EXEMPLAR_TRIED}"
    assert read_yaml(text) == ["one", "here", "yes", 3, "", "here"]
