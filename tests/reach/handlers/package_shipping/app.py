# handler: handler
# events: [{"parcels": [{"kg": 2.0, "cm": [30, 20, 10]}, {"kg": 8.5, "cm": [60, 40, 40]}], "to": "FR"}, {"parcels": [{"kg": 0.3, "cm": [10, 10, 5]}], "to": "DE"}]
# safe: destination, weights, zone, prices
# unsafe: label (computed last)
from shipping.core import handler

__all__ = ["handler"]
