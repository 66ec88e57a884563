"""pydantic models in and out."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field, ValidationError


class Item(BaseModel):
    name: str
    price: Decimal = Decimal("0")


class Order(BaseModel):
    id: int = Field(gt=0)
    items: list[Item] = []
    day: date = date(2026, 1, 2)


def dumped(event, context):
    order = Order(**event)
    model = order.model_dump(mode="json")
    names = [item.name for item in order.items]
    return {"order": model, "names": names}


def dumped_as_python(event, context):
    return {"order": Order(**event).model_dump(), "n": 1}


def returned_as_it_is(event, context):
    return Order(**event)


def held_in_the_result(event, context):
    first = [1]
    order = Order(**event)
    return {"first": first, "order": order}


def refuses(event, context):
    return {"order": Order(**event).id}


def refuses_kindly(event, context):
    try:
        return {"order": Order(**event).id}
    except ValidationError as error:
        return {"errors": error.errors(include_url=False, include_context=False)}
