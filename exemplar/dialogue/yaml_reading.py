"""Rasa's reading of YAML, in a time that grows with a file and not with its square, and each file once."""

from __future__ import annotations

from typing import Any

from rasa.shared.exceptions import YamlException
from rasa.shared.utils import io, validation
from ruamel.yaml import YAMLError
from ruamel.yaml.resolver import VersionedResolver

__all__ = ["check_schemas_fast", "read_in_linear_time"]

_resolvers = VersionedResolver.versioned_resolver.fget


def _fixed(self: VersionedResolver) -> dict[Any, Any]:
    """Returns the resolvers by first letter, as tuples.

    To a letter's own resolvers, ruamel.yaml (0.17) adds those for any letter at every value that begins
    with it; it means to do so for the moment, but a list keeps them. Rasa has one such resolver, for
    ``${VARIABLES}``, and after ten thousand values it is tried a thousand times for each.
    """
    found: dict[Any, Any] = _resolvers(self)
    for letter, resolvers in found.items():
        if isinstance(resolvers, tuple):
            break
        found[letter] = tuple(resolvers)
    return found


def read_in_linear_time() -> None:
    """Has ruamel.yaml forget what it added for one value; a second call changes nothing."""
    VersionedResolver.versioned_resolver = property(_fixed)


#: Rasa's own check.
as_rasa_checks = validation.validate_yaml_schema
_read = io.read_yaml


def _checked(yaml_file_content: str, *schema: str) -> None:
    """Checks a file against its schema as it is read for its content.

    Rasa reads a file a second time for the check, by ruamel.yaml's own parser in Python, which keeps the line
    of every value for the message about an error; that takes half of the reading of a whole project. Most
    files have no error: only where there is one, the lines are needed, and the file is read for them.
    """

    def without_lines(content: str, reader_type: str | list[str] = "safe") -> Any:
        return _read(content, "safe")

    try:
        io.read_yaml = without_lines
        as_rasa_checks(yaml_file_content, *schema)
    except (YamlException, YAMLError):
        io.read_yaml = _read
        as_rasa_checks(yaml_file_content, *schema)
    finally:
        io.read_yaml = _read


def check_schemas_fast() -> None:
    """Has Rasa check files as they are read; a second call changes nothing."""
    validation.validate_yaml_schema = _checked
