"""A FastAPI application behind mangum."""

from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    name: str
    n: int = 1


@app.get("/orders/{order_id}")
def get_order(order_id: int, q: str = ""):
    if order_id == 0:
        raise HTTPException(404, "no such order")
    return {"id": order_id, "q": q}


@app.post("/orders", status_code=201)
async def create(order: Order):
    print("creating", order.name)
    return {"created": order}


@app.get("/broken")
async def broken():
    raise ValueError("not handled")


handler = Mangum(app, lifespan="off")
with_lifespan = Mangum(FastAPI(), lifespan="auto")
