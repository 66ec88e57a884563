# handler: handler
# events: [{"rows": [{"dept": "eng", "salary": 90}, {"dept": "eng", "salary": 110}, {"dept": "ops", "salary": 60}]}, {"rows": [{"dept": "hr", "salary": 50}]}]
# safe: headcount, average, by_department
# unsafe: highest (computed last)
"""HR report as a class, so that the clients are made once and tests can replace them."""
import logging
from collections import defaultdict

import boto3


class ReportHandler:
    def __init__(self, s3=None):
        self.s3 = s3 or boto3.client("s3")
        self.logger = logging.getLogger(self.__class__.__name__)

    def __call__(self, event, context):
        rows = event["rows"]
        self.logger.info("%d rows", len(rows))

        headcount = len(rows)
        average = self.average(rows)
        by_department = self.group(rows)
        highest = max(rows, key=lambda r: r["salary"])["dept"]

        return {
            "headcount": headcount,
            "average": average,
            "by_department": by_department,
            "highest": highest,
        }

    @staticmethod
    def average(rows):
        return round(sum(r["salary"] for r in rows) / len(rows), 2)

    def group(self, rows):
        groups = defaultdict(list)
        for r in rows:
            groups[r["dept"]].append(r["salary"])
        return {dept: self.average([{"salary": s} for s in salaries]) for dept, salaries in groups.items()}


handler = ReportHandler()
