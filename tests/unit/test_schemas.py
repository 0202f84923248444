"""The JSON Schemas describe the files that are there, as an auditor with `jsonschema` alone would see it."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from proofbook.autopsy.file_schemas import schema_texts
from proofbook.lab import load_artifact
from proofbook.verified import routing_contract, routing_decision

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "configs" / "schemas"


def validator(kind):
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_written_schemas_are_those_of_the_models():
    for name, text in schema_texts().items():
        assert (SCHEMAS / name).read_bytes() == text


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_of_the_2020_12_dialect(path):
    assert json.loads(path.read_text())["$schema"].endswith("/draft/2020-12/schema")
    validator(path.name.removesuffix(".schema.json"))


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("artifact", "configs/generated/*_verification.json"),
        ("notebook_plan", "configs/generated/notebook_plan.json"),
        ("strength", "configs/generated/strength/*.json"),
        ("scorecard", "configs/generated/scorecard.json"),
        ("invariant", "invariants/INV-*.yaml"),
        ("invariant_index", "invariants/INDEX.yaml"),
    ],
)
def test_files_in_the_tree_fit_their_schema(kind, pattern):
    paths = sorted(ROOT.glob(pattern))
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
        validator(kind).validate(content)


def test_an_unknown_field_and_a_float_are_refused():
    content = json.loads((ROOT / "configs/generated/resonance_verification.json").read_text())
    check = validator("artifact")
    check.validate(content)
    for change in ({"verified": True}, {"kernel": 1.5}):
        with pytest.raises(ValidationError):
            check.validate(content | change)


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("contract_record", "routing_contract"),
        ("request_record", "routing_request"),
        ("decide", "routing_decision"),
    ],
)
def test_records_of_the_verified_router_fit_their_schema(function, kind):
    check, seen = validator(kind), 0
    call = getattr(routing_decision, function)
    names = {**vars(routing_contract), **vars(routing_decision)}
    namespace = type("Names", (), names)
    for args, outcome in load_artifact("routing_decision").cases(function, namespace):
        if "returns" in outcome:
            record = call(*args)
            check.validate(record)
            seen += 1
            with pytest.raises(ValidationError):
                check.validate(record | {"extra": 1})
            with pytest.raises(ValidationError):
                check.validate(record | {"schema": "another@1"})
    assert seen > 0
