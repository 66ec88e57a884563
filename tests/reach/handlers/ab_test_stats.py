# events: [{"experiment": "cta-color", "variants": {"control": {"users": 1000, "conversions": 110}, "treatment": {"users": 980, "conversions": 141}}}, {"experiment": "tiny", "variants": {"control": {"users": 3, "conversions": 1}, "treatment": {"users": 4, "conversions": 1}}}]
# safe: experiment, rates, lift, z_score, p_value, significant
# unsafe: confidence_interval (computed last)
import math
from typing import Any, Dict, List, TypedDict


class Variant(TypedDict):
    users: int
    conversions: int


class Outcome(TypedDict):
    experiment: str
    rates: Dict[str, float]
    lift: float
    z_score: float
    p_value: float
    significant: bool
    confidence_interval: List[float]


def rate(variant: Variant) -> float:
    return variant["conversions"] / variant["users"]


def z_test(a: Variant, b: Variant) -> float:
    pooled = (a["conversions"] + b["conversions"]) / (a["users"] + b["users"])
    error = math.sqrt(pooled * (1 - pooled) * (1 / a["users"] + 1 / b["users"]))
    return (rate(b) - rate(a)) / error if error else 0.0


def two_sided_p(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def interval(a: Variant, b: Variant) -> List[float]:
    diff = rate(b) - rate(a)
    error = math.sqrt(rate(a) * (1 - rate(a)) / a["users"] + rate(b) * (1 - rate(b)) / b["users"])
    return [round(diff - 1.96 * error, 5), round(diff + 1.96 * error, 5)]


def lambda_handler(event: Dict[str, Any], context: Any) -> Outcome:
    control: Variant = event["variants"]["control"]
    treatment: Variant = event["variants"]["treatment"]

    rates = {"control": round(rate(control), 5), "treatment": round(rate(treatment), 5)}
    lift = round(rates["treatment"] / rates["control"] - 1, 4)
    z = round(z_test(control, treatment), 4)
    p = round(two_sided_p(z), 5)
    significant = p < 0.05
    ci = interval(control, treatment)

    outcome: Outcome = {
        "experiment": event["experiment"],
        "rates": rates,
        "lift": lift,
        "z_score": z,
        "p_value": p,
        "significant": significant,
        "confidence_interval": ci,
    }
    return outcome
