"""Whether texts compile: run by the interpreter that they are for. Standard library only, Python 3.9.

`{"path", "text"}` for each line of stdin, the error or null for each on stdout.
"""

import json
import sys
import warnings


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(error_of(question["text"], question["path"])))


def error_of(text, path):
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
