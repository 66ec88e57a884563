# events: [{"review_id": "r-1", "text": "Great bike. I love the Brakes!"}, {"review_id": "r-2", "text": ""}]
# safe: review_id, language, sentiment, scores, key_phrases
# unsafe: entities (computed last)
import boto3

comprehend = boto3.client("comprehend")


def lambda_handler(event, context):
    """Enriches a product review. Empty reviews are an error of the caller's."""
    text = event["text"].strip()
    if not text:
        raise ValueError(f"review {event['review_id']} is empty")

    languages = comprehend.detect_dominant_language(Text=text)["Languages"]
    language = max(languages, key=lambda l: l["Score"])["LanguageCode"]

    detected = comprehend.detect_sentiment(Text=text, LanguageCode=language)
    sentiment = detected["Sentiment"].lower()
    scores = {name.lower(): round(score, 3) for name, score in detected["SentimentScore"].items()}

    phrases = comprehend.detect_key_phrases(Text=text, LanguageCode=language)["KeyPhrases"]
    key_phrases = [p["Text"] for p in phrases if p["Score"] > 0.5]

    entities = comprehend.detect_entities(Text=text, LanguageCode=language)["Entities"]

    return {
        "review_id": event["review_id"],
        "language": language,
        "sentiment": sentiment,
        "scores": scores,
        "key_phrases": key_phrases,
        "entities": [e["Text"] for e in entities],
    }
