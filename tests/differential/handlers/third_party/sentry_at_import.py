"""An error at import is for Sentry, too."""

import sentry_sdk
from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
from sentry_sdk.transport import Transport


class Printing(Transport):
    """Prints what would be sent."""

    def capture_envelope(self, envelope):
        values = (envelope.get_event() or {}).get("exception", {}).get("values", ())
        print("sentry:", [(value["type"], value["value"]) for value in values])


sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", integrations=[AwsLambdaIntegration()], transport=Printing)

raise ValueError("at import")
