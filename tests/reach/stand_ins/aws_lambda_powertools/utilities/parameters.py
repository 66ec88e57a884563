from boto3 import content


def get_parameter(name, transform=None, max_age=5, **options):
    return content.PARAMETERS[name]
