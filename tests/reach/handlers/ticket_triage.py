# events: [{"ticket": "T-1", "subject": "Cannot log in!!", "body": "I forgot my password. Please help, this is urgent."}, {"ticket": "T-2", "subject": "Invoice", "body": "Where is the invoice of May?"}]
# safe: ticket, category, priority, sentiment
# unsafe: reply (computed last)
import re


class BaseHandler:
    def __init__(self):
        self.calls = 0

    def words(self, text):
        return re.findall(r"[a-z]+", text.lower())


class TicketHandler(BaseHandler):
    CATEGORIES = {"login": {"password", "log", "login"}, "billing": {"invoice", "refund", "charge"}}

    def handle(self, event, context):
        self.calls += 1
        text = f"{event['subject']} {event['body']}"
        words = self.words(text)

        category = self.categorize(words)
        priority = "high" if "urgent" in words or text.count("!") > 1 else "normal"
        sentiment = self.score(words)
        reply = self.draft(category, priority)

        return {
            "ticket": event["ticket"],
            "category": category,
            "priority": priority,
            "sentiment": sentiment,
            "reply": reply,
        }

    def categorize(self, words):
        hits = {name: len(keys.intersection(words)) for name, keys in self.CATEGORIES.items()}
        best = max(hits, key=hits.get)
        return best if hits[best] else "other"

    def score(self, words):
        return sum(w in ("thanks", "great") for w in words) - sum(w in ("cannot", "urgent", "broken") for w in words)

    def draft(self, category, priority):
        lines = [f"Thank you for your {category} question."]
        if priority == "high":
            lines.append("We will answer within the hour.")
        return "\n".join(lines)


lambda_handler = TicketHandler().handle
