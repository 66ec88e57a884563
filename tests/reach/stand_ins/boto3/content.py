"""What the stand-in's buckets, tables and parameters hold."""

import json

OBJECTS = {
    "incoming/sales.csv": (
        "order_id,sku,quantity,unit_price,region\n"
        "1001,A-1,2,19.90,EU\n1002,B-7,1,249.00,US\n1003,A-1,,19.90,EU\n1004,C-3,5,3.50,APAC\n1004,C-3,5,3.50,APAC\n"
    ),
    "incoming/empty.csv": "order_id,sku,quantity,unit_price,region\n",
    "logs/app.log": (
        "2024-05-31T10:00:00Z INFO GET /orders 200 12\n"
        "2024-05-31T10:00:01Z ERROR POST /orders 500 340\n"
        "2024-05-31T10:00:02Z INFO GET /items 200 8\n"
        "2024-05-31T10:00:05Z WARN GET /items 404 3\n"
        "broken line\n"
    ),
    "images/bike.jpg": "\xff\xd8\xff" + "x" * 4000,
    "docs/handbook.txt": (
        "Welcome to the company. This handbook explains how we work.\n\nHolidays are thirty days a year. Ask your "
        "lead first.\n\nExpenses are paid within ten days. Keep the receipts. Mail them to finance@example.com."
    ),
    "models/weights.json": json.dumps({"bias": -1.5, "amount": 0.002, "night": 1.1, "foreign": 0.7}),
    "config/app.json": json.dumps(
        {"timeout": 30, "retries": 3, "endpoint": "https://api.example.com", "tags": ["a"]}
    ),
}

TABLES = {
    "customers": {
        "c-1": {
            "customer_id": "c-1",
            "name": "Ada Byron",
            "tier": "gold",
            "discount": "0.10",
            "country": "GB",
        },
        "c-2": {
            "customer_id": "c-2",
            "name": "Max Planck",
            "tier": "basic",
            "discount": "0",
            "country": "DE",
        },
    },
    "inventory": {
        "A-1": {"sku": "A-1", "on_hand": 12, "reorder_at": 20, "warehouse": "BER"},
        "B-7": {"sku": "B-7", "on_hand": 80, "reorder_at": 10, "warehouse": "AMS"},
        "C-3": {"sku": "C-3", "on_hand": 0, "reorder_at": 50, "warehouse": "BER"},
    },
    "sessions": {
        "s-1": {"session_id": "s-1", "user": "u-1", "pages": ["home", "shop", "cart"], "expires": 1717300000},
    },
    "ratings": {
        "u-1": {"user": "u-1", "items": {"m1": 5, "m2": 3, "m4": 4}},
        "u-2": {"user": "u-2", "items": {"m1": 4, "m3": 5, "m4": 4}},
        "u-3": {"user": "u-3", "items": {"m2": 2, "m3": 4, "m5": 5}},
    },
}

PARAMETERS = {
    "/billing/vat": "0.19",
    "/fraud/threshold": "0.8",
    "/search/synonyms": "tv=television,pc=computer",
}
