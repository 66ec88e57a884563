# events: [{"lead": {"email": "cto@bigcorp.com", "employees": 900, "visits": ["pricing", "docs", "pricing"]}}, {"lead": {"email": "bob@gmail.com", "employees": 1, "visits": []}}]
# safe: email, company, fit, engagement, grade
# unsafe: next_action (computed last)
FREE_MAIL = {"gmail.com", "gmx.de", "outlook.com"}


class LeadScorer:
    """Scores a sales lead by fit and engagement."""

    weights = {"pricing": 10, "docs": 4, "blog": 1}

    def company(self, email):
        domain = email.split("@")[1]
        return None if domain in FREE_MAIL else domain

    def fit(self, lead, company):
        score = 40 if company else 0
        if lead["employees"] > 500:
            score += 40
        elif lead["employees"] > 50:
            score += 20
        return score

    def engagement(self, visits):
        return min(sum(self.weights.get(v, 0) for v in visits), 50)

    def grade(self, fit, engagement):
        total = fit + engagement
        for grade, bound in (("A", 90), ("B", 60), ("C", 30)):
            if total >= bound:
                return grade
        return "D"

    def handle(self, event, context):
        lead = event["lead"]
        email = lead["email"]
        company = self.company(email)
        fit = self.fit(lead, company)
        engagement = self.engagement(lead["visits"])
        grade = self.grade(fit, engagement)
        next_action = self.suggest(grade, company)
        return {
            "email": email,
            "company": company,
            "fit": fit,
            "engagement": engagement,
            "grade": grade,
            "next_action": next_action,
        }

    def suggest(self, grade, company):
        if grade == "A":
            return f"call {company} today"
        return {"B": "send case study", "C": "nurture"}.get(grade, "ignore")


scorer = LeadScorer()


def lambda_handler(event, context):
    return scorer.handle(event, context)
