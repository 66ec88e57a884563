# events: [{"template": "welcome", "user": {"name": "Ada", "email": "ada@example.com"}, "locale": "en"}, {"template": "reset", "user": {"name": "Max", "email": "max@example.com"}, "locale": "de"}, {"template": "nope", "user": {"name": "X", "email": "x@example.com"}}]
# safe: to, subject, html, text, preview
# unsafe: message_id (computed last)
import html
import os
from string import Template

import boto3

ses = boto3.client("ses")
SENDER = os.environ.get("SENDER", "no-reply@example.com")

SUBJECTS = {
    ("welcome", "en"): "Welcome, $name",
    ("welcome", "de"): "Willkommen, $name",
    ("reset", "en"): "Reset your password",
    ("reset", "de"): "Passwort zurücksetzen",
}
BODY = Template("<html><body><h1>$title</h1><p>Hello $name,</p><p>$text</p></body></html>")
TEXTS = {"welcome": "We are glad that you are here.", "reset": "Follow the link within ten minutes."}


class UnknownTemplate(ValueError):
    """No such template in this locale."""


def render_subject(template, locale, user):
    try:
        return Template(SUBJECTS[template, locale]).substitute(name=user["name"])
    except KeyError:
        raise UnknownTemplate(f"{template}/{locale}")


def strip_tags(markup):
    out, inside = [], False
    for ch in markup:
        if ch == "<":
            inside = True
        elif ch == ">":
            inside = False
            out.append(" ")
        elif not inside:
            out.append(ch)
    return " ".join("".join(out).split())


def lambda_handler(event, context):
    user = event["user"]
    locale = event.get("locale", "en")

    subject = render_subject(event["template"], locale, user)
    html_body = BODY.substitute(
        title=html.escape(subject), name=html.escape(user["name"]), text=TEXTS[event["template"]]
    )
    text_body = strip_tags(html_body)
    preview = text_body[:40]

    sent = ses.send_email(
        Source=SENDER,
        Destination={"ToAddresses": [user["email"]]},
        Message={"Subject": {"Data": subject}, "Body": {"Html": {"Data": html_body}, "Text": {"Data": text_body}}},
    )

    return {
        "to": user["email"],
        "subject": subject,
        "html": html_body,
        "text": text_body,
        "preview": preview,
        "message_id": sent["MessageId"],
    }
