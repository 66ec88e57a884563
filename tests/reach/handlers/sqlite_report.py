# events: [{"month": "2024-05", "bookings": [["2024-05-01", "food", 12.5], ["2024-05-03", "rent", 800], ["2024-04-30", "food", 9.9]]}, {"month": "2024-06", "bookings": []}]
# safe: month, total, by_category, largest, balance
import os
import sqlite3

DB_PATH = os.environ.get("DB_PATH", ":memory:")


def lambda_handler(event, context):
    conn = sqlite3.connect(DB_PATH)
    try:
        cur = conn.cursor()
        cur.execute("CREATE TABLE IF NOT EXISTS bookings (day TEXT, category TEXT, amount REAL)")
        cur.executemany("INSERT INTO bookings VALUES (?, ?, ?)", event["bookings"])
        month = event["month"] + "%"

        (total,) = cur.execute("SELECT COALESCE(SUM(amount), 0) FROM bookings WHERE day LIKE ?", (month,)).fetchone()
        by_category = dict(
            cur.execute(
                "SELECT category, SUM(amount) FROM bookings WHERE day LIKE ? GROUP BY category ORDER BY category",
                (month,),
            ).fetchall()
        )
        largest = cur.execute(
            "SELECT day, category, amount FROM bookings WHERE day LIKE ? ORDER BY amount DESC LIMIT 1", (month,)
        ).fetchone()
        (balance,) = cur.execute("SELECT COALESCE(SUM(amount), 0) FROM bookings").fetchone()
        conn.rollback()

        return {
            "month": event["month"],
            "total": total,
            "by_category": by_category,
            "largest": largest,
            "balance": balance,
        }
    finally:
        conn.close()
