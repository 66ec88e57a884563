//! Where the calls go: one row per shape of statement or value.

use unum_transformer::{Request, Transformation};

fn transform(source: &[u8], handler: &str) -> Transformation {
    unum_transformer::transform(&Request::new(source, handler))
}

#[track_caller]
fn check(body: &str, edited: &str) {
    let module = |body: &str| format!("def lambda_handler(event, context):\n{body}");
    let transformation = transform(module(body).as_bytes(), "lambda_handler");
    assert_eq!(transformation.source.unwrap_or(transformation.report.reason), module(edited));
}

/// What becomes of a statement that computes `a`, before something slow.
#[track_caller]
fn check_statement(statement: &str, edited: &str) {
    let end = "    return {'a': a, 'z': z()}\n";
    check(&format!("{statement}{end}"), &format!("{edited}{end}"));
}

/// What becomes of a value of the returned dict.
#[track_caller]
fn check_value(value: &str, edited: &str) {
    let body = |value: &str| format!("    return {{'a': {value}, 'z': z()}}\n");
    check(&body(value), &body(edited));
}

#[test]
fn behind_a_statement() {
    check_statement("    a = f()\n", "    a = f(); __unum__.publish('a', (a,))\n");
    check_statement("    a = f()  # slow\n", "    a = f(); __unum__.publish('a', (a,))  # slow\n");
    check_statement("    a = f()# slow\n", "    a = f(); __unum__.publish('a', (a,))# slow\n");
    check_statement("    a = f();\n", "    a = f(); __unum__.publish('a', (a,));\n");
    check_statement("    a = f() ; b = 1\n", "    a = f(); __unum__.publish('a', (a,)) ; b = 1\n");
    check_statement("    a = (f())\n", "    a = (f()); __unum__.publish('a', (a,))\n");
    check_statement("    (a) = f(\n    )\n", "    (a) = f(\n    ); __unum__.publish('a', (a,))\n");
    check_statement("    a: int = f()\n", "    a: int = f(); __unum__.publish('a', (a,))\n");
    check_statement("    a: int = (f())\n", "    a: int = (f()); __unum__.publish('a', (a,))\n");
    check_statement("    a = 'x' 'y'\n", "    a = 'x' 'y'; __unum__.publish('a', (a,))\n");
    check_statement("    a = f'{x}' '''y\n'''\n", "    a = f'{x}' '''y\n'''; __unum__.publish('a', (a,))\n");
    check_statement("    a = x if y else (z)\n", "    a = x if y else (z); __unum__.publish('a', (a,))\n");
    check_statement("    a = 1, 2,\n", "    a = 1, 2,; __unum__.publish('a', (a,))\n");
    check_statement("    a, b = f(), (g())\n", "    a, b = f(), (g()); __unum__.publish('a', (a,))\n");
    check_statement("    a = f() \\\n        + 1\n", "    a = f() \\\n        + 1; __unum__.publish('a', (a,))\n");
    check_statement("    a = f()\t# tab\n", "    a = f(); __unum__.publish('a', (a,))\t# tab\n");
    check_statement("    a = 'é→'  # é\n", "    a = 'é→'; __unum__.publish('a', (a,))  # é\n");
    check_statement("    a = 0\n    a += (f())\n", "    a = 0\n    a += (f()); __unum__.publish('a', (a,))\n");
}

#[test]
fn carriage_returns_stay() {
    check_statement("    a = f()\r\n", "    a = f(); __unum__.publish('a', (a,))\r\n");
    check_statement("    a = f()  # x\r\n", "    a = f(); __unum__.publish('a', (a,))  # x\r\n");
}

#[test]
fn in_front_of_the_statement_after_a_compound_one() {
    check(
        "    a = 7\n    if not a: return None\n    # then\n    b = g()\n    return {'a': a, 'b': b}\n",
        "    a = 7\n    if not a: return None\n    # then\n    __unum__.publish('a', (a,)); b = g()\n    return {'a': a, 'b': b}\n",
    );
    check(
        "    a = 7\n    if a:\n        return None\n    return {'a': a, 'b': g()}\n",
        "    a = 7\n    if a:\n        return None\n    __unum__.publish('a', (a,)); return {'a': a, 'b': g()}\n",
    );
}

/// A signal handler may raise while a call runs: what the handler then goes on with must be the same.
#[test]
fn outside_a_try_that_goes_on_with_something_else() {
    let after = |statements: &str, end: &str| {
        let edited = end.replace("    return", "    __unum__.publish('a', (a,)); return");
        check(&format!("{statements}{end}"), &format!("{statements}{edited}"));
    };
    let end = "    return {'a': a, 'z': z()}\n";
    after("    try:\n        a = f()\n    except E:\n        a = []\n", end);
    after("    try:\n        a = f()\n    except E:\n        return {'error': 1}\n    finally:\n        g()\n", end);
    after("    try:\n        a = f()\n    except E:\n        return {'a': 0, 'z': 1}\n", end);
    after("    try:\n        try:\n            a = f()\n        except E: raise\n    except F:\n        a = 1\n", end);
    check(
        &format!("    try:\n        a = f()\n        pass\n    except E:\n        a = []\n{end}"),
        &format!(
            "    try:\n        a = f()\n        pass\n    except E:\n        a = []; __unum__.publish('a', (a,))\n{end}"
        )
        .replace("    return", "    __unum__.publish('a', (a,)); return"),
    );
    after(
        "    while True:\n        try:\n            a = f()\n            break\n        except E:\n            pass\n",
        end,
    );
    // There it is the same, or there is no result.
    let publishing = "        a = f(); __unum__.publish('a', (a,))\n";
    for rest in [
        "    except E:\n        raise\n",
        "    finally:\n        g()\n",
        "    except E:\n        g()\n        raise F\n",
    ] {
        check(&format!("    try:\n        a = f()\n{rest}{end}"), &format!("    try:\n{publishing}{rest}{end}"));
    }
    let rest = "        b = g()\n    except E:\n        b = 1\n    return {'a': a, 'b': b, 'z': z()}\n";
    check(
        &format!("    a = f()\n    try:\n        c = g()\n{rest}"),
        &format!("    a = f(); __unum__.publish('a', (a,))\n    try:\n        c = g()\n{rest}")
            .replace("    return", "    __unum__.publish('b', (b,)); return"),
    );
}

#[test]
fn behind_a_guard_where_control_comes_again() {
    check(
        "    a = []\n    for x in event: a.append(x)\n    while g(): h()\n    return {'a': a, 'b': b()}\n",
        concat!(
            "    a = []; __unum__.offer('a', a)\n    for x in event: a.append(x)\n",
            "    while __unum__0__ and (__unum__.publish('a', (a,)) or __unum__.passed(0)) or (g()): h()\n",
            "    return {'a': a, 'b': b()}\n",
        ),
    );
    // All calls at one place have one guard.
    check(
        "    a, b = [], 7\n    for x in event: a.append(x)\n    if not b: return None\n    while g(): h()\n    return {'a': a, 'b': b, 'c': 1}\n",
        concat!(
            "    a, b = [], 7\n    for x in event: a.append(x)\n    if not b: return None\n",
            "    while __unum__0__ and (__unum__.publish('a', (a,), 'c', (1,)) or __unum__.publish('b', (b,)) or __unum__.passed(0)) or (g()): h()\n",
            "    return {'a': a, 'b': b, 'c': 1}\n",
        ),
    );
    // In a loop's body, and once more behind it, where it is not needed.
    check(
        "    a = f()\n    for x in g(a):\n        h()\n    h()\n    return {'a': a, 'b': 1}\n",
        concat!(
            "    a = f(); __unum__.offer('a', a, 'b', 1)\n    for x in g(a):\n",
            "        __unum__0__ and (__unum__.publish('a', (a,), 'b', (1,)) or __unum__.passed(0)); h()\n",
            "    __unum__.publish('a', (a,), 'b', (1,)); h()\n    return {'a': a, 'b': 1}\n",
        ),
    );
    // Where control comes once, there is none.
    check(
        "    a = f()\n    while g(): h()\n    return {'a': a, 'b': b()}\n",
        "    a = f(); __unum__.publish('a', (a,))\n    while g(): h()\n    return {'a': a, 'b': b()}\n",
    );
    check(
        "    a = []\n    for x in event: a.append(x)\n    for x in g(): h()\n    return {'a': a, 'b': b()}\n",
        concat!(
            "    a = []; __unum__.offer('a', a)\n    for x in event: a.append(x)\n    for x in __unum__.publish('a', (a,)) or (g()): h()\n",
            "    return {'a': a, 'b': b()}\n",
        ),
    );
}

#[test]
fn guards_are_counted() {
    let source =
        "def f(e, c):\n    a = []\n    for x in e: a.append(x)\n    while g(): h()\n    return {'a': a, 'b': 1}\n";
    assert_eq!(transform(source.as_bytes(), "f").guards, 1);
    assert_eq!(transform(source.replace("while g(): h()", "h()").as_bytes(), "f").guards, 0);
}

#[test]
fn around_a_value() {
    check_value("f()", "__unum__.emit('a', (f(),))");
    check_value("(f())", "(__unum__.emit('a', (f(),)))");
    check_value("(1, f())", "__unum__.emit('a', ((1, f()),))");
    check_value("((1, f()))", "(__unum__.emit('a', ((1, f()),)))");
    check_value("(f()) + (g())", "__unum__.emit('a', ((f()) + (g()),))");
    check_value("(f()).b[(0)]", "__unum__.emit('a', ((f()).b[(0)],))");
    check_value("[*f()]", "__unum__.emit('a', ([*f()],))");
    check_value("not (f())", "__unum__.emit('a', (not (f()),))");
    check_value("f() if (x) else (y)", "__unum__.emit('a', (f() if (x) else (y),))");
    check_value("(lambda: 1)()", "__unum__.emit('a', ((lambda: 1)(),))");
    check_value("f'{x}' 'y'", "__unum__.emit('a', (f'{x}' 'y',))");
    check_value(
        "f(  # why\n        1)  # because\n      ",
        "__unum__.emit('a', (f(  # why\n        1),))  # because\n      ",
    );
    check_value("x < (y)", "__unum__.emit('a', (x < (y),))");
    check_value("{**x}", "__unum__.emit('a', ({**x},))");
    check_value("[x for x in (y)]", "__unum__.emit('a', ([x for x in (y)],))");
    check_value("x or (y)", "__unum__.emit('a', (x or (y),))");
}

#[test]
fn names_are_literals() {
    check(
        "    return {\"it's\": f(), 'q\"': f(), '\\n': f(), 'größe': f(), '\\u200b': f(), 'z': z()}\n",
        concat!(
            "    return {\"it's\": __unum__.emit(\"it's\", (f(),)), 'q\"': __unum__.emit('q\"', (f(),)), ",
            "'\\n': __unum__.emit('\\n', (f(),)), 'größe': __unum__.emit('größe', (f(),)), ",
            "'\\u200b': __unum__.emit('\\u200b', (f(),)), 'z': z()}\n",
        ),
    );
}

#[test]
fn byte_order_mark_and_cookie() {
    let handler = "def lambda_handler(e, c): a = f(); return {'a': a, 'é': g()}\n";
    let edited = "def lambda_handler(e, c): a = f(); __unum__.publish('a', (a,)); return {'a': a, 'é': g()}\n";
    let with_mark = ["\u{feff}", handler].concat();
    assert_eq!(transform(with_mark.as_bytes(), "lambda_handler").source.as_deref(), Some(edited));
    let text = ["# coding: latin-1\n", handler].concat();
    let latin: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    assert_eq!(transform(&latin, "lambda_handler").source, Some(["# coding: latin-1\n", edited].concat()));
}
