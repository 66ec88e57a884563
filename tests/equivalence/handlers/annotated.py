# early: a
from typing import Any, Dict, List


def lambda_handler(event: Dict[str, Any], context: Any) -> Dict[str, Any]:
    """Types everywhere."""
    a: List[int] = [1]
    b: Dict[str, int]
    b = {"n": len(a)}
    c: int = b["n"]
    d: Any
    return {"a": a, "b": b, "c": c, "e": [c]}
