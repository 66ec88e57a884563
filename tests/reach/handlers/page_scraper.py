# events: [{"url": "https://shop.example.com/p/1?utm_source=mail&ref=x", "html": "<title>Red bike</title><a href='/a'>a</a><a href='https://x.org'>x</a><img src='1.png'>"}, {"url": "http://example.com", "html": ""}]
# safe: url, host, tracking, title, links, images
# unsafe: words (computed last)
import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit


class PageParser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.images, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        elif tag == "img":
            self.images.append(attrs.get("src"))

    def handle_data(self, data):
        self.text.append(data)


def lambda_handler(event, context):
    page = {"url": event["url"]}

    parts = urlsplit(event["url"])
    page.update(host=parts.netloc, tracking=[k for k, _ in parse_qsl(parts.query) if k.startswith("utm_")])

    match = re.search(r"<title>(.*?)</title>", event["html"], re.S)
    page["title"] = match.group(1).strip() if match else None

    parser = PageParser()
    parser.feed(event["html"])
    page.update({"links": parser.links, "images": parser.images})

    page["words"] = len(" ".join(parser.text).split())
    return page
