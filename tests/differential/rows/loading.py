"""How the handler is found and loaded, and what is told when it cannot be."""

from differential.row import Row

ROWS = [
    Row("no_module", "", handler="nothing.handler"),
    Row("no_attribute", "", handler="app.handler"),
    Row("syntax_error", "def handler(event, context)\n    pass\n"),
    Row("raises_at_import", "def f():\n    raise ValueError('at import')\nf()\n"),
    Row("exits_at_import", "import sys\nsys.exit(3)\n"),
]
