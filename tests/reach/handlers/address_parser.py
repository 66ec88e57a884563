# events: [{"address": "Hauptstr. 5, 10115 Berlin"}, {"address": "unknown"}]
# unsafe: street (made all at once from the object), zip_code (the same), city (the same), valid (the same)
import re
from dataclasses import asdict, dataclass
from typing import Optional


@dataclass
class Address:
    street: Optional[str] = None
    zip_code: Optional[str] = None
    city: Optional[str] = None
    valid: bool = False


def parse(text: str) -> Address:
    address = Address()
    m = re.match(r"(?P<street>[^,]+), (?P<zip>\d{5}) (?P<city>.+)", text)
    if m:
        address.street = m["street"]
        address.zip_code = m["zip"]
        address.city = m["city"]
        address.valid = True
    return address


def lambda_handler(event, context):
    return asdict(parse(event["address"]))
