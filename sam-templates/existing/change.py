"""What becomes of one function, and the steps that lead there."""

import json
from functools import partial

import boto3
from botocore.exceptions import ClientError
from errors import ERRORS, code_of, sentence
from role_policies import listed, policy_name

OWN = ("UNUM_TABLE", "UNUM_NEXT", "UNUM_ENTRY")
# In a policy's place: as it is.
KEPT = "as it is"
SHOWN = ("AWS_LAMBDA_EXEC_WRAPPER", "UNUM_EXEC_WRAPPER", *OWN)


class Plan:
    """Changes in the order in which they are to be made, and what there is to say about them."""

    def __init__(self, changes, notes=(), rest="the same command", what_next=None):
        self.changes = changes
        self.notes = list(notes)
        # What does the rest, if they stop half-way.
        self.rest = rest
        # Called once they are made, for it tells the time.
        self.what_next = what_next


class Change:
    """A function and what it is to have: its layers, its variables, and its role's policy of this script's, or None, or KEPT.

    `found`: the documents of its policies now, by their names.
    """

    def __init__(self, function, layers, variables, policy, found):
        self.function = function
        self.layers = layers
        self.variables = variables
        self.policy = policy
        self.policy_name = policy_name(function)
        self.policy_before = found.get(self.policy_name)
        # Whose place that one takes.
        self.old_policies = [name for name in found if name != self.policy_name]

    def __str__(self):
        shown = [f"{name}={self.variables[name]}" for name in SHOWN if name in self.variables]
        return "\n".join(
            [
                f"{self.function.name}: {' '.join(shown) or 'without the layer'}",
                f"  layers: {', '.join(self.layers) or 'none'}",
                f"  policy {self.policy_name} of role {self.function.role}: {in_words(self.policy)}",
                *(f"  policy {name} of role {self.function.role}: none" for name in self.old_policies),
            ]
        )

    def changes_configuration(self):
        return self.layers != self.function.layers or self.variables != self.function.variables

    def steps(self):
        """Each as what it is about and what does it. A permission is there before it is needed, and until it is not."""
        configuration = []
        if self.changes_configuration():
            configuration = [
                (f"{self.function.name}, layers and variables", self._update),
                (f"{self.function.name}, wait until they hold", self._wait),
            ]
        if self.policy == KEPT:
            return configuration
        policy = (f"{self.function.name}, policy {self.policy_name}", self._change_policy)
        meanwhile = both(self.policy_before, self.policy)
        old = [
            (f"{self.function.name}, old policy {name}", partial(self._delete_policy, name))
            for name in self.old_policies
        ]
        if not self.policy:
            return [*configuration, policy, *old]
        if not configuration or meanwhile == self.policy:
            return [policy, *configuration, *old]
        # What the variables before need, too, until those hold no more.
        first = (f"{policy[0]}, with what it allows today", partial(self._put_policy, meanwhile))
        return [first, *configuration, policy, *old]

    def _update(self):
        changed = {}
        # A layer that is deleted stays with its functions, but cannot be named again.
        if self.layers != self.function.layers:
            changed["Layers"] = self.layers
        if self.variables != self.function.variables:
            changed["Environment"] = {"Variables": self.variables}
        boto3.client("lambda").update_function_configuration(
            FunctionName=self.function.arn, RevisionId=self.function.revision, **changed
        )

    def _wait(self):
        waiter = boto3.client("lambda").get_waiter("function_updated")
        waiter.wait(FunctionName=self.function.arn)

    def _change_policy(self):
        if not self.policy:
            self._delete_policy(self.policy_name)
        else:
            self._put_policy(self.policy)

    def _put_policy(self, document):
        boto3.client("iam").put_role_policy(
            RoleName=self.function.role, PolicyName=self.policy_name, PolicyDocument=json.dumps(document)
        )

    def _delete_policy(self, name):
        try:
            boto3.client("iam").delete_role_policy(RoleName=self.function.role, PolicyName=name)
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise


def both(before, policy):
    """The second policy and what only the first allows."""
    if not before or not policy:
        return policy
    only_before = [one for one in listed(before["Statement"]) if one not in policy["Statement"]]
    return {**policy, "Statement": [*policy["Statement"], *only_before]}


def in_words(policy):
    if not policy or policy == KEPT:
        return policy or "none"
    statements = [(statement["Action"], statement["Resource"]) for statement in policy["Statement"]]
    return "; ".join(
        f"{actions if isinstance(actions, str) else ', '.join(actions)} on {resource}"
        for actions, resource in statements
    )


def carry_out(changes, rest):
    """Does every step; if one fails, says which were done, which were not, and what does the rest."""
    steps = [step for change in changes for step in change.steps()]
    for at, (what, act) in enumerate(steps):
        try:
            act()
        except (*ERRORS, KeyboardInterrupt) as error:
            why = "interrupted" if isinstance(error, KeyboardInterrupt) else sentence(error)
            lines = [f"{what}: {why}"]
            lines += [f"done: {done}" for done, _ in steps[:at]]
            lines += [f"not done: {left}" for left, _ in steps[at:]]
            lines.append(f"what is done may stay: {rest} does the rest, once this is mended")
            raise SystemExit("\n".join(lines))
