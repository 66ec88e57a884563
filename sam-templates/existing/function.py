"""Functions as they are deployed."""

from datetime import datetime, timedelta

import boto3
from botocore.exceptions import ClientError
from errors import code_of, refuse
from names import NAME

WRAPPER = "/opt/bootstrap"


class Function:
    """One function, its unpublished version."""

    def __init__(self, found):
        """Takes Lambda's answer to GetFunctionConfiguration."""
        self.name = found["FunctionName"]
        self.arn = found["FunctionArn"]
        self.region = self.arn.split(":")[3]
        self.runtime = found.get("Runtime", "container image")
        self.architecture = found.get("Architectures", ["x86_64"])[0]
        self.layers = [layer["Arn"] for layer in found.get("Layers", [])]
        environment = found.get("Environment", {})
        self.variables = environment.get("Variables", {})
        self.is_entry = self.variables.get("UNUM_ENTRY") == "true"
        # This script sets both; somebody else may have replaced one.
        self.is_attached = (
            self.variables.get("AWS_LAMBDA_EXEC_WRAPPER") == WRAPPER or "UNUM_TABLE" in self.variables
        )
        # Without kms:Decrypt Lambda answers with an error in the variables' place.
        self.variables_error = environment.get("Error")
        self.timeout = timedelta(seconds=found["Timeout"])
        self.modified = datetime.strptime(found["LastModified"], "%Y-%m-%dT%H:%M:%S.%f%z")
        self.revision = found["RevisionId"]
        self.role = found["Role"].rpartition("/")[2]


def functions_of(names):
    """The functions of these names; ends the program if one of them cannot be changed."""
    refuse(what_is_no_function(names))
    client = boto3.client("lambda")
    functions, complaints = [], []
    for name in names:
        try:
            found = client.get_function_configuration(FunctionName=NAME.fullmatch(name)["function"])
            functions.append(Function(found))
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            complaints.append(f"there is no function {name} in {client.meta.region_name}")
    refuse(complaints)
    refuse(what_cannot_be_changed(functions))
    return functions


def what_is_no_function(names):
    for name in names:
        match = NAME.fullmatch(name)
        if not match:
            yield f"{name} is not the name of a function"
        elif match["qualifier"] not in (None, "$LATEST"):
            kind = "a published version" if match["qualifier"].isdigit() else "an alias"
            yield (
                f"{name} is {kind}, and only the unpublished version can be changed: name {match['function']}, "
                "then publish a version and move your alias to it"
            )


def what_cannot_be_changed(functions):
    arns = [function.arn for function in functions]
    for at, function in enumerate(functions):
        if function.arn in arns[:at]:
            yield f"{function.name} is named twice: a result would come back to it"
        error = function.variables_error
        if error:
            why = f"{error.get('ErrorCode')}: {error.get('Message')}"
            yield f"{function.name}: its variables cannot be read, and would be lost: {why}"
