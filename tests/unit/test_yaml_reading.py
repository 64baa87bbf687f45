"""Reading YAML as Rasa does."""

from __future__ import annotations

import pytest
from rasa.shared.core.training_data.story_reader.yaml_story_reader import CORE_SCHEMA_FILE
from rasa.shared.utils import io, validation
from rasa.shared.utils.io import YAML_VERSION, read_yaml
from ruamel import yaml

from exemplar.dialogue import yaml_reading
from exemplar.dialogue.yaml_reading import check_schemas_fast, read_in_linear_time


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


def test_a_file_is_checked_without_being_read_for_its_lines(monkeypatch) -> None:
    check_schemas_fast()
    read: list[object] = []
    real = yaml.YAML
    monkeypatch.setattr(
        io.yaml, "YAML", lambda typ=None, **more: (read.append(typ), real(typ=typ, **more))[1]
    )
    good = 'version: "3.1"\nrules:\n- rule: a rule\n  steps:\n  - intent: greet\n  - action: utter_greet\n'
    validation.validate_yaml_schema(good, CORE_SCHEMA_FILE)
    assert read
    assert set(map(str, read)) == {"safe"}


def test_what_is_wrong_with_a_file_is_told_with_its_line_as_rasa_tells_it() -> None:
    check_schemas_fast()
    wrong = 'version: "3.1"\nrules:\n- rule: a rule\n  steps:\n  - intend: greet\n'
    told = []
    for check in (yaml_reading.as_rasa_checks, validation.validate_yaml_schema):
        with pytest.raises(validation.YamlValidationException) as error:
            check(wrong, CORE_SCHEMA_FILE)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert "line" in told[1].lower()
    with pytest.raises(Exception, match="line"):
        validation.validate_yaml_schema("rules: [", CORE_SCHEMA_FILE)
    assert io.read_yaml is read_yaml
