#!/usr/bin/env python3
"""Checks recorded requests against an OpenAPI 3.0 description of Microsoft Graph.

    check.py REQUESTS OPENAPI

REQUESTS has one JSON object a line: {"method": "POST", "target": "/v1.0/me/contacts?$top=1", "body": {...} or null}.
OPENAPI is a YAML file for v1.0 or beta. Requests of the other version are skipped. If the file does not exist, the script says so
and checks nothing.

Needs Python 3.9 with PyYAML and jsonschema (`pip install PyYAML jsonschema`).
"""

import collections
import json
import pathlib
import re
import sys
from urllib.parse import unquote, urlsplit

import jsonschema
import yaml

VERSIONS = ("/v1.0/", "/beta/")
# A description of contacts does not have the requests that read users.
READS_OF_USERS = re.compile(r"/users(/[^/]+)?")
# Open extensions have their owner's properties. The description has only their base type.
EXTENSIONS = re.compile(r".*/extensions(/[^/]+)?")
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
# `format: date-time` means RFC 3339. jsonschema needs another package to check it, and accepts everything without that.
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
FORMATS = jsonschema.FormatChecker(["date"])


@FORMATS.checks("date-time")
def is_date_time(value):
    return not isinstance(value, str) or DATE_TIME.fullmatch(value) is not None


class Description:
    """An OpenAPI file: its paths, and its schemas as JSON Schema."""

    def __init__(self, document):
        self.document = document
        self.bases = {urlsplit(server["url"]).path.rstrip("/") for server in document.get("servers", [])} or {""}
        self.paths = [(pattern(template), template, item) for template, item in document["paths"].items()]
        # A path without parameters goes before one with them (OpenAPI 3.0.3, "Paths Object").
        self.paths.sort(key=lambda path: [segment.startswith("{") for segment in path[1].split("/")])

    def within(self, target):
        """Returns the path of a target within the service, with the user's path for `/me`; None for another service."""
        path = urlsplit(target).path
        base = next((base for base in self.bases if path.startswith(base + "/")), None)
        return None if base is None else re.sub(r"^/me(?=/|$)", "/users/me", path[len(base):])

    def operation(self, method, target):
        """Returns the operation's name and the schema of its body, or None if it has no body."""
        rest = self.within(target)
        if rest is None:
            raise LookupError(f"the path begins with none of {sorted(self.bases)}")
        found = [(template, item) for regex, template, item in self.paths if regex.fullmatch(rest)]
        if not found:
            raise LookupError("there is no such path")
        with_method = [(template, item) for template, item in found if method.lower() in item.keys() & METHODS]
        if not with_method:
            raise LookupError(f"{found[0][0]} has no {method}")
        template, item = with_method[0]
        body = self.resolve(item[method.lower()].get("requestBody"))
        return f"{method} {template}", body

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            reference, node = node["$ref"], self.document
            for name in reference.removeprefix("#/").split("/"):
                node = node[unquote(name).replace("~1", "/").replace("~0", "~")]
        return node

    def json_schema(self, schema):
        """Returns the JSON Schema of an OpenAPI 3.0 schema, with its references into the components."""
        components = self.document.get("components", {}).get("schemas", {})
        converted = {name: convert(component) for name, component in components.items()}
        return {**convert(schema), "components": {"schemas": converted}}


def pattern(template):
    """Returns a regular expression for a path template. A parameter is one segment."""
    parts = re.split(r"(\{[^}]*\})", template)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


def convert(schema):
    """Converts an OpenAPI 3.0 schema to JSON Schema. `nullable` becomes a type, and members next to `$ref` are ignored."""
    if isinstance(schema, list):
        return [convert(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    converted = {}
    for name, value in schema.items():
        if name in ("properties", "patternProperties"):
            converted[name] = {key: convert(member) for key, member in value.items()}
        elif name in ("items", "additionalProperties", "not", "allOf", "anyOf", "oneOf"):
            converted[name] = convert(value)
        elif name not in ("nullable", "discriminator", "example", "xml", "externalDocs") and not name.startswith("x-"):
            converted[name] = value
    return {"anyOf": [{"type": "null"}, converted]} if schema.get("nullable") else converted


class Checker:
    def __init__(self, description):
        self.description = description
        self.validators = {}
        self.checked = collections.Counter()
        self.passed_over = collections.Counter()

    def problems(self, request):
        """Returns the problems of a request as strings."""
        method, target, body = request["method"], request["target"], request["body"]
        rest = self.description.within(target)
        if rest is None and target.startswith(VERSIONS):
            self.passed_over["requests of the other version"] += 1
            return []
        if rest is not None and method == "GET" and READS_OF_USERS.fullmatch(rest):
            self.passed_over["requests that read users"] += 1
            return []
        try:
            operation, wanted = self.description.operation(method, target)
        except LookupError as problem:
            return [str(problem)]
        self.checked[operation] += 1
        if wanted is None:
            return [] if body is None else [f"{operation} takes no body"]
        if body is None and "application/json" not in wanted["content"]:
            # A photo: the record has only JSON bodies.
            return []
        if body is None:
            return [f"{operation} needs a body"] if wanted.get("required") else []
        if operation not in self.validators:
            media = wanted["content"].get("application/json")
            if media is None:
                return [f"{operation} takes no JSON but {', '.join(wanted['content'])}"]
            schema = self.description.json_schema(media.get("schema", {}))
            self.validators[operation] = (jsonschema.Draft4Validator(schema, format_checker=FORMATS), known(self.description, media))
        validator, names = self.validators[operation]
        errors = [cause for error in validator.iter_errors(body) for cause in causes(error)]
        # Each branch of an `allOf` reports the same error for a body that is not an object.
        problems = list(dict.fromkeys(f"{place(error)}: {error.message}" for error in errors))
        # Open types accept any name, but the service does not know names that the description does not have.
        if names and isinstance(body, dict) and not EXTENSIONS.fullmatch(rest or ""):
            problems += [f"{name}: the description has no such property" for name in body if name not in names]
        return problems


def known(description, media):
    """Returns the properties of a body's type, with the inherited ones."""
    names, schemas = set(), [media.get("schema", {})]
    while schemas:
        schema = description.resolve(schemas.pop())
        names |= schema.get("properties", {}).keys()
        schemas += schema.get("allOf", [])
    return names


def place(error):
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".") or "the body"


def causes(error):
    """Returns why a value does not match its type, if it matches neither null nor the type."""
    branches = [cause for cause in error.context or [] if (cause.validator, cause.validator_value) != ("type", "null")]
    if not branches:
        yield error
    for branch in branches:
        yield from causes(branch)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    requests, openapi = map(pathlib.Path, arguments)
    if not openapi.exists():
        print(f"{openapi} is not there: nothing was checked")
        return 0
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    checker = Checker(Description(yaml.load(openapi.read_text(encoding="utf-8"), loader)))
    failures = 0
    for number, line in enumerate(requests.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        request = json.loads(line)
        for problem in checker.problems(request):
            failures += 1
            print(f"{requests}:{number}: {problem}\n  {request['method']} {request['target']} {json.dumps(request['body'])}")
    for operation, count in sorted(checker.checked.items()):
        print(f"{count:6} {operation}")
    for what, count in sorted(checker.passed_over.items()):
        print(f"{count:6} {what}, not checked")
    print(f"{sum(checker.checked.values())} requests of {len(checker.checked)} operations checked, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
