"""JSON Schemas (2020-12) of every file kind, written out from the models so that there is one definition."""

import json
from typing import Any

from proofbook.autopsy.models import FILE_KINDS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_texts() -> dict[str, bytes]:
    """Return file name and content of each schema in `configs/schemas/`."""
    texts = {}
    for kind, model in FILE_KINDS.items():
        schema: dict[str, Any] = {"$schema": _DIALECT, **model.model_json_schema(by_alias=True)}
        text = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        texts[f"{kind}.schema.json"] = text.encode()
    return texts
