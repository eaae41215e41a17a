"""Values out of JSON Schema, and JSON Schema held against values: the part of draft 2020-12 that
api/openapi.json uses. An unknown keyword is an error, so that nothing goes unchecked."""
import datetime
import random

KNOWN = {"type", "enum", "properties", "required", "additionalProperties", "items", "minimum",
         "maximum", "minLength", "maxLength", "minItems", "maxItems", "format", "description",
         "$ref", "oneOf"}


class Schemas:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            place = self.document
            for part in node["$ref"].lstrip("#/").split("/"):
                place = place[part]
            node = place
        return node

    # ---- is this value what the schema says? ----

    def faults(self, value, schema, path=""):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        assert not unknown, f"teach description.py the keyword {unknown}"
        if "oneOf" in schema:
            fitting = [s for s in schema["oneOf"] if not self.faults(value, s, path)]
            return [] if len(fitting) == 1 else [f"{path}: fits {len(fitting)} of oneOf"]
        if "type" in schema and not self.has_type(value, schema["type"]):
            return [f"{path}: {value!r:.60} is not of type {schema['type']}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{path}: {value!r:.60} is not one of {schema['enum']}")
        if isinstance(value, str):
            found += self.text_faults(value, schema, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                found.append(f"{path}: {value} is out of range")
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                found.append(f"{path}: {len(value)} items")
            for i, item in enumerate(value):
                found += self.faults(item, schema.get("items", {}), f"{path}[{i}]")
        elif isinstance(value, dict):
            found += self.object_faults(value, schema, path)
        return found

    @staticmethod
    def text_faults(value, schema, path):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            return [f"{path}: {len(value)} characters"]
        if schema.get("format") == "date-time":
            try:
                datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
            except ValueError:
                return [f"{path}: {value!r:.60} is no time"]
        return []

    def object_faults(self, value, schema, path):
        found = []
        properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name in schema.get("required", []):
            if name not in value:
                found.append(f"{path}.{name}: is missing")
        for name, item in value.items():
            if name in properties:
                found += self.faults(item, properties[name], f"{path}.{name}")
            elif more is False:
                found.append(f"{path}.{name}: is not described")
            elif isinstance(more, dict):
                found += self.faults(item, more, f"{path}.{name}")
        return found

    @staticmethod
    def has_type(value, types):
        types = types if isinstance(types, list) else [types]
        whole = isinstance(value, int) and not isinstance(value, bool)
        return any({"string": isinstance(value, str), "integer": whole,
                    "number": whole or isinstance(value, float), "boolean": isinstance(value, bool),
                    "array": isinstance(value, list), "object": isinstance(value, dict),
                    "null": value is None}[t] for t in types)

    # ---- a value that is what the schema says ----

    def value(self, schema, chance: random.Random, known=(), depth=0):
        schema = self.resolve(schema)
        if "oneOf" in schema:
            return self.value(chance.choice(schema["oneOf"]), chance, known, depth)
        if "enum" in schema:
            return chance.choice(schema["enum"])
        types = schema.get("type", "string")
        kind = chance.choice(types) if isinstance(types, list) else types
        if kind == "object":
            made = {}
            for name, item in schema.get("properties", {}).items():
                if name in schema.get("required", []) or chance.random() < 0.5:
                    made[name] = self.value(item, chance, known, depth + 1)
            return made
        if kind == "array":
            count = chance.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [self.value(schema.get("items", {}), chance, known, depth + 1)
                    for _ in range(count)]
        if kind == "integer":
            low, high = schema.get("minimum", -2**53 + 1), schema.get("maximum", 2**53 - 1)
            return chance.choice([low, high, min(max(1, low), high), chance.randint(low, high)])
        return {"number": chance.uniform(-1e9, 1e9), "boolean": chance.random() < 0.5,
                "null": None}.get(kind, self.text(schema, chance, known))

    @staticmethod
    def text(schema, chance, known):
        if schema.get("format") == "date-time":
            return chance.choice(["2026-11-22T06:41:00Z", "1969-12-31T23:59:59.999999Z",
                                  "9999-12-31T23:59:59Z", "2026-11-22T06:41:00.5+05:30"])
        low, high = schema.get("minLength", 0), schema.get("maxLength", 200)
        fitting = [text for text in known if low <= len(text) <= high]
        if fitting and chance.random() < 0.7:
            return chance.choice(fitting)
        letters = "abcXYZ 019-_./:\u00e9\u05d0\u4e2d\U0001f319\u202e\"'\\<&\t"
        length = chance.choice([low, min(high, low + 7), min(high, 60)])
        return "".join(chance.choice(letters) for _ in range(length))


ODD = [None, True, 0, -1, 2**63, 2**64, 1e308, 0.5, "", "\u0000", "a" * 70_000, "\u202e\u05d0",
       [], [[]], {}, {"": {}}, "2026-13-45T99:99:99Z", "../../etc/passwd", "'; DROP TABLE x; --",
       "<script>", "%00", "\ud83c\udf19"]


def mutated(value, chance: random.Random):
    """The value with one thing in it changed: another type, too much, too little, too deep."""
    if isinstance(value, dict) and value and chance.random() < 0.7:
        made = dict(value)
        name = chance.choice(list(made))
        how = chance.random()
        if how < 0.2:
            del made[name]
        elif how < 0.4:
            made[chance.choice(["extra", "", "__proto__", name + "s"])] = chance.choice(ODD)
        else:
            made[name] = mutated(made[name], chance)
        return made
    if isinstance(value, list) and value and chance.random() < 0.5:
        return value * 400 if chance.random() < 0.3 else [mutated(value[0], chance)] + value[1:]
    if chance.random() < 0.1:
        deep = value
        for _ in range(200):
            deep = [deep]
        return deep
    return chance.choice(ODD)
