"""Tests of check.py: `python3 -m unittest discover tests/openapi`."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import check

OPENAPI = """
openapi: 3.0.3
servers:
- url: https://graph.example/v1.0
paths:
  /users/{user-id}/contacts:
    get: {}
    post:
      requestBody: {$ref: '#/components/requestBodies/contact'}
  /users/{user-id}/contacts/delta:
    get: {}
  /users/{user-id}/contacts/{contact-id}:
    delete: {}
    patch:
      requestBody: {$ref: '#/components/requestBodies/contact'}
components:
  requestBodies:
    contact:
      required: true
      content:
        application/json:
          schema: {$ref: '#/components/schemas/contact'}
  schemas:
    item:
      type: object
      properties:
        categories: {type: array, items: {type: string, nullable: true}}
    address:
      type: object
      properties:
        city: {type: string, nullable: true}
        state: {type: string, nullable: true}
    kind: {type: string, enum: [home, work]}
    contact:
      allOf:
      - $ref: '#/components/schemas/item'
      - type: object
        properties:
          givenName: {type: string, nullable: true}
          fileAs: {type: string}
          birthday: {type: string, format: date-time, nullable: true}
          anniversary: {type: string, format: date, nullable: true}
          kind:
            allOf: [{$ref: '#/components/schemas/kind'}]
            nullable: true
          address:
            allOf: [{$ref: '#/components/schemas/address'}]
            nullable: true
        additionalProperties: true
"""

GOOD = [
    ("GET", "/v1.0/users/u/contacts?$top=2", None),
    ("GET", "/v1.0/users/u/contacts/delta", None),
    ("POST", "/v1.0/me/contacts", {"givenName": "Ada", "categories": ["a", None], "kind": "home"}),
    ("PATCH", "/v1.0/users/u%40x/contacts/A%2FB%3D", {"givenName": None, "kind": None, "address": {"city": None}}),
    ("PATCH", "/v1.0/me/contacts/x", {"address": None, "birthday": "1815-12-10T11:59:00Z", "anniversary": "1835-07-08"}),
    ("DELETE", "/v1.0/me/contacts/x", None),
]

BAD = [
    ("POST", "/v1.0/me/contacts", {"givenName": 7}, "givenName: 7 is not of type 'string'"),
    ("POST", "/v1.0/me/contacts", {"fileAs": None}, "fileAs: None is not of type 'string'"),
    ("POST", "/v1.0/me/contacts", {"categories": None}, "categories: None is not of type 'array'"),
    ("POST", "/v1.0/me/contacts", {"categories": ["a", 1]}, "categories[1]: 1 is not of type 'string'"),
    ("POST", "/v1.0/me/contacts", {"birthday": "1815-12-10"}, "birthday: '1815-12-10' is not a 'date-time'"),
    ("POST", "/v1.0/me/contacts", {"anniversary": "8.7.1835"}, "anniversary: '8.7.1835' is not a 'date'"),
    ("POST", "/v1.0/me/contacts", {"kind": "fax"}, "kind: 'fax' is not one of ['home', 'work']"),
    ("POST", "/v1.0/me/contacts", {"address": {"city": 1}}, "address.city: 1 is not of type 'string'"),
    ("POST", "/v1.0/me/contacts", {"givenname": "Ada"}, "givenname: the description has no such property"),
    ("POST", "/v1.0/me/contacts", [], "the body: [] is not of type 'object'"),
    ("POST", "/v1.0/me/contacts", None, "POST /users/{user-id}/contacts needs a body"),
    ("DELETE", "/v1.0/me/contacts/x", {}, "DELETE /users/{user-id}/contacts/{contact-id} takes no body"),
    ("PUT", "/v1.0/me/contacts/x", {}, "/users/{user-id}/contacts/{contact-id} has no PUT"),
    ("GET", "/v1.0/me/contacts/x/y", None, "there is no such path"),
    ("GET", "/v1.0/me/contacts/", None, "there is no such path"),
    ("GET", "/me/contacts", None, "the path begins with none of ['/v1.0']"),
]


def run(requests, openapi=OPENAPI):
    """Runs check.py. Returns its exit status and its output."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
        lines = [json.dumps({"method": method, "target": target, "body": body}) for method, target, body in requests]
        pathlib.Path(folder, "requests").write_text("\n".join(lines), encoding="utf-8")
        if openapi:
            pathlib.Path(folder, "openapi").write_text(openapi, encoding="utf-8")
        status = check.main([f"{folder}/requests", f"{folder}/openapi"])
    return status, printed.getvalue()


class Check(unittest.TestCase):
    def test_good_requests_pass_and_are_counted(self):
        status, printed = run(GOOD)
        self.assertEqual(status, 0, printed)
        self.assertIn("     2 PATCH /users/{user-id}/contacts/{contact-id}\n", printed)
        self.assertIn("     1 GET /users/{user-id}/contacts/delta\n", printed)
        self.assertTrue(printed.endswith("6 requests of 5 operations checked, 0 problems\n"), printed)

    def test_what_is_wrong_is_said(self):
        for method, target, body, problem in BAD:
            with self.subTest(problem):
                status, printed = run([(method, target, body)])
                self.assertEqual(status, 1)
                self.assertIn(f":1: {problem}\n", printed)
                self.assertIn(", 1 problems\n", printed)

    def test_other_requests_are_passed_over(self):
        status, printed = run([("POST", "/beta/me/contacts", {"x": 1}), ("GET", "/v1.0/users/u?$select=id", None)])
        self.assertEqual(status, 0, printed)
        self.assertIn("1 requests of the other version, not checked\n", printed)
        self.assertIn("1 requests that read users, not checked\n", printed)

    def test_without_a_description_nothing_is_checked(self):
        status, printed = run(GOOD, openapi=None)
        self.assertEqual(status, 0)
        self.assertIn("nothing was checked", printed)


if __name__ == "__main__":
    unittest.main()
