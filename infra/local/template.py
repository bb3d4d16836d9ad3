"""Reads template.yaml and resolves the CloudFormation functions it uses.

Only what the template needs is understood; anything else is an error that names it, so that a
template which works here does not silently mean something else on AWS.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "000000000000"
_REMOVED = object()
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": _REMOVED,
}
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


class TemplateError(ValueError):
    """The template says something that the local stack does not understand."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref x` reads as {"Ref": "x"}."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # pyright: ignore[reportArgumentType]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


class Template:
    """A template with its parameters; `values` holds what resources resolve to.

    Keys of `values` are "LogicalId" for Ref and "LogicalId.Attribute" for GetAtt. They become
    known while resources are made, so a value is looked up only when it is needed.
    """

    def __init__(
        self, document: Mapping[str, Any], parameters: Mapping[str, Any], values: dict[str, str]
    ) -> None:
        self._conditions: Mapping[str, Any] = document.get("Conditions", {})
        self._globals: Mapping[str, Any] = document.get("Globals", {})
        self.resources: Mapping[str, Any] = document["Resources"]
        defaults = {
            name: declared.get("Default", "")
            for name, declared in document.get("Parameters", {}).items()
        }
        self._parameters = {**defaults, **parameters}
        self.values = values

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical ids and unresolved properties of the resources of a type."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def shared_properties(self, section: str) -> Mapping[str, Any]:
        """What Globals say for a section such as Function."""
        return self._globals.get(section, {})

    def resolve(self, node: Any) -> Any:
        """`node` with every CloudFormation function replaced by its value."""
        if isinstance(node, dict):
            return self._resolve_mapping(node)
        if isinstance(node, list):
            resolved = [self.resolve(item) for item in node]
            return [item for item in resolved if item is not _REMOVED]
        return node

    def _resolve_mapping(self, node: dict[str, Any]) -> Any:
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not _REMOVED}

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._lookup(argument)
            case "Fn::GetAtt":
                return self._lookup(".".join(argument))
            case "Fn::Sub":
                return self._substitute(argument)
            case "Fn::Join":
                separator, parts = argument
                return separator.join(str(part) for part in self.resolve(parts))
            case "Fn::If":
                condition, yes, no = argument
                return self.resolve(yes if self._holds(self._conditions[condition]) else no)
            case _:
                raise TemplateError(f"{name} is not understood by the local stack")

    def _substitute(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            return str(self.resolve(given[name]) if name in given else self._lookup(name))

        return _PLACEHOLDER.sub(value, text).replace("${!", "${")

    def _holds(self, condition: Any) -> bool:
        name, argument = next(iter(condition.items()))
        match name:
            case "Fn::Equals":
                left, right = self.resolve(argument)
                return left == right
            case "Fn::Not":
                return not self._holds(argument[0])
            case "Fn::And":
                return all(self._holds(each) for each in argument)
            case "Fn::Or":
                return any(self._holds(each) for each in argument)
            case "Condition":
                return self._holds(self._conditions[argument])
            case _:
                raise TemplateError(f"{name} is not understood in a condition")

    def _lookup(self, name: str) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.values:
            return self.values[name]
        raise TemplateError(f"{name} is not known to the local stack")


def load(
    path: Path, parameters: Mapping[str, Any], region: str, values: dict[str, str] | None = None
) -> Template:
    """The template at `path`, with `parameters` in place of their defaults."""
    document = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    known = values if values is not None else {}
    return Template(document, {**parameters, "AWS::Region": region}, known)
