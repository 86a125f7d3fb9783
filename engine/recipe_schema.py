"""The JSON Schema of a recipe, for editors that complete and check YAML while one types."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from engine.recipe import Recipe
from engine.schema import ALSO

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Knows that a component may be written as its name alone."""

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """`digits`, or a mapping with `name: digits` and its options."""
        names = [str(name) for name in schema["choices"]]
        names += (schema.get("metadata") or {}).get(ALSO, [])
        return {"anyOf": [{"enum": names}, super().tagged_union_schema(schema)]}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A component's name may be another one under which it is asked for (`lstm`)."""
        found = super().model_schema(schema)
        also = list(getattr(schema["cls"], "also", ()))
        if also:
            name = found["properties"]["name"]
            name["enum"] = [name.pop("const"), *also]
        return found


def recipe_schema() -> dict[str, Any]:
    """The schema as plain JSON types; every component, option, bound and help sentence."""
    schema = Recipe.model_json_schema(schema_generator=_Generator)
    for definition in schema["$defs"].values():
        properties = definition.get("properties", {})
        # a component is told apart by its name
        if properties.get("name", {}).keys() & {"const", "enum"}:
            definition["required"] = ["name", *definition.get("required", [])]
    return {"$schema": DIALECT, **schema, "title": "Trainboard recipe"}
