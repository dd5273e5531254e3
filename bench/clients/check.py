"""Prints what was tried, one JSON object a line."""
import json
import os

URL = os.environ["WEFT_URL"]


def check(name, body):
    """Runs body, which returns whether it held, or that and a note."""
    try:
        held = body()
        ok, note = held if isinstance(held, tuple) else (held, "")
        print(json.dumps({"check": name, "ok": bool(ok), "note": str(note)[:160]}), flush=True)
    except Exception as e:  # whatever a client throws is what is told
        print(json.dumps({"check": name, "ok": False, "note": f"{type(e).__name__}: {e}"[:300]}), flush=True)
