# events: [{"document_id": "d-1", "text": "Call +49 30 1234567 or mail ada@example.com, IBAN DE89370400440532013000."}, {"document_id": "d-2", "text": "nothing here"}]
# safe: document_id, original_length, findings, redacted, risk
# unsafe: duration_ms (computed last)
import re
import time

PATTERNS = {
    "EMAIL": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+\b"),
    "IBAN": re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"),
    "PHONE": re.compile(r"\+\d[\d ]{7,}\d"),
}
WEIGHT = {"EMAIL": 1, "PHONE": 2, "IBAN": 5}


def find(text):
    findings = []
    for kind, pattern in PATTERNS.items():
        for m in pattern.finditer(text):
            findings.append({"type": kind, "start": m.start(), "end": m.end()})
    findings.sort(key=lambda f: f["start"])
    return findings


def redact(text, findings):
    for f in reversed(findings):
        text = f"{text[:f['start']]}[{f['type']}]{text[f['end']:]}"
    return text


def lambda_handler(event, context):
    t0 = time.perf_counter()
    text = event["text"]

    findings = find(text)
    redacted = redact(text, findings)
    risk = min(sum(WEIGHT[f["type"]] for f in findings) / 10, 1.0)

    return {
        "document_id": event["document_id"],
        "original_length": len(text),
        "findings": findings,
        "redacted": redacted,
        "risk": risk,
        "duration_ms": round((time.perf_counter() - t0) * 1000, 2),
    }
