"""Rare ways to change what a variable holds: each is noticed by a rule of its own.

In the templates `X` is a variable, `#` a number of its own, `N` a small one; `RESULT` is the result's variable, `KEY` one
of its keys. A template with `match` or `except*` is for interpreters that know them; so is one that says `NESTED`, because
its f-strings have their own quotes inside them.
"""

from __future__ import annotations

import functools
import random
import re
from dataclasses import dataclass

from random_programs import values
from random_programs.maker import Maker, Scope
from random_programs.modules import SHADOWS

_BY_KIND = {
    "ints": (
        "grow(value=X)",
        "put(N, X)",
        "put(value=X, n=N)",
        "put(*[N, X])",
        "peeked(X)",
        "promise(X)()",
        "promise_later(X)()",
        "eval('X.append(N)')",
        "effect('odd', X == ODD)",
        "effect('odd', X == make_odd())",
        "effect('odd', X + ODD)",
        "odd_# = make_odd()\neffect('odd', odd_# == X)",
        "frozenset = grow\nfrozenset(X)",
        "put_# = X.append\nput_#(N)",
        "functools.partial(X.append, N)()",
        "list(map(X.append, (N, 1)))",
        "list(map(lambda n: X.append(n), (N, 1)))",
        "sorted((N, 1), key=lambda n: X.append(n) or n)",
        "change_# = lambda v=X: v.append(N)\nchange_#()",
        "change_# = lambda: X.append(N)\nchange_#()",
        "change_# = lambda: put(value=X, n=N)\nchange_#()",
        "def change_#(v=X):\n    v.append(N)\nchange_#()",
        "def change_#():\n    X.append(N)\nchange_#()",
        "def change_#():\n    X[0] = N\nchange_#()",
        "class Held_#:\n    X.append(N)",
        "class Held_#:\n    def change(self):\n        X.append(N)\nHeld_#().change()",
        "_Held_#__v = X\nclass Held_#:\n    def change(self):\n        __v.append(N)\nHeld_#().change()",
        "lazy_# = (X.append(n) for n in (N, 1))\nlist(lazy_#)",
        "z_# = X\nz_#.append(N)",
        "z_# = X\nz_# += [N]",
        "z_#, u_# = X, N\nz_#.append(N)",
        "u_# = z_# = X\nz_#.append(N)",
        "z_#: object = X\nz_#.append(N)",
        "effect('walrus', (z_# := X))\nz_#.append(N)",
        "z_# = X if event else [N]\nz_#.append(N)",
        "z_# = X or [N]\nz_#.append(N)",
        "same(X).append(N)",
        "[X][0].append(N)",
        "(X, N)[0].append(N)",
        "[X].pop().append(N)",
        "{**{'v': X}}['v'].append(N)",
        "z_# = [X]\nz_#[0].append(N)",
        "z_# = {'v': X}\nz_#['v'].append(N)",
        "z_# = []\nz_#.append(X)\nz_#[0].append(N)",
        "z_# = [0]\nz_#[0] = X\nz_#[0].append(N)",
        "z_# = {}\nz_#['v'] = X\nz_#['v'].append(N)",
        "z_# = {}\nz_#.update(v=X)\nz_#['v'].append(N)",
        "z_# = []\nz_# += [X]\nz_#[0].append(N)",
        "z_# = []\nz_#.append(X)\nKEPT.append(z_#)\nharm(KEPT[-1])",
        "z_# = []\nKEPT.append(z_#)\nz_#.append(X)\nharm(KEPT[-1])",
        "z_# = [0]\nKEPT.append(z_#)\nz_#[0] = X\nharm(KEPT[-1])",
        "z_# = []\ntry:\n    KEPT.append(z_#)\n    risky(1, 1)\nexcept Exception:\n    z_#.append(X)\nharm(KEPT[-1])",
        "z_# = CACHE.setdefault('box', [])\nz_#.append(X)\nharm(CACHE['box'][-1:])",
        "z_# = CACHE.setdefault('bag', {})\nz_#['v'] = X\nharm(CACHE['bag']['v'])",
        "CACHE['odd'] = X\nharm(CACHE['odd'])",
        "BOX.last = X\nharm(BOX.last)",
        "KEPT.append(X)\nharm(KEPT[-1])",
        "KEPT[:0] = [X]\nharm(KEPT[0])",
        "for z_# in [X]:\n    z_#.append(N)",
        "for X[0] in (N, 5):\n    effect('turn')",
        "with lending(N) as X[0]:\n    effect('lent')",
        "[0 for X[0] in (N, 5)]",
        "with Holding(X):\n    effect('held')",
        "with lending(X) as z_#:\n    z_#.append(N)",
        "list(lend(X))",
        "X += [N]",
        "X *= 2",
        "X[0] += N",
        "X[:0] = [N]",
        "X[0], u_# = N, 1",
        "del X[0]",
        "X.append(N)",
        "if event.get('flag'):\n    X.append(N)",
        "try:\n    assert not X, X\nexcept AssertionError as e_#:\n    e_#.args[0].append(N)",
        "try:\n    raise ValueError(X)\nexcept ValueError as e_#:\n    e_#.args[0].append(N)",
        "try:\n    effect('tried', X)\n    risky(1, 1)\nexcept Exception:\n    X.append(N)",
        "try:\n    effect('tried', X)\nfinally:\n    X.append(N)",
        "for i_# in range(2):\n    try:\n        if i_#: continue\n    finally:\n        X.append(N)",
        "for i_# in range(2):\n    try:\n        break\n    finally:\n        X.append(N)",
        "match X:\n    case z_#:\n        z_#.append(N)",
        "effect('text', f'{X.append(N)}')",
        "effect('text', f'{grow(X):>{len(str(X.pop()))}}')",
        "effect('text', f\"{exec('X.append(N)')}\")",
        "effect('text', f\"{'':>{eval('grow(X)')}}\")",
        "NESTED\neffect('text', f'{len('a')}{f'{grow(X)}'}')",
        "NESTED\neffect('text', f'{f'{exec('X.append(N)')}'}')",
        "effect('text', f'{(z_# := X)}')\nz_#.append(N)",
        "NESTED\neffect('text', f'{[X.append(N), (z_# := 'z')]}')",
        "try:\n    raise ValueError(X.append(N))\nexcept ValueError:\n    effect('caught')",
        "try:\n    raise ValueError(z_# := X)\nexcept ValueError:\n    z_#.append(N)",
        "lazy_# = ((X := [n]) for n in (N, 1))\nX = [N]\nlist(lazy_#)",
        "lazy_# = ((z_# := X) for n in (N, 1))\nlist(lazy_#)\nz_#.append(N)",
        "z_# = [[]]\nz_#[0] += [X]\nz_#[0][0].append(N)",
        "z_# = {'v': []}\nz_#['v'] += [X]\nz_#['v'][0].append(N)",
        "z_# = {'v': []}\nz_#['v'] += [X]\nKEPT.append(z_#)\nharm(KEPT[-1]['v'])",
        "del X[0], event['text']",
        "try:\n    del X[0], event['gone']\nexcept KeyError:\n    effect('half')",
    ),
    "map": (
        "X.update(k=N)",
        "X['k'] += 1",
        "X |= {'z': N}",
        "z_# = X\nz_#['z'] = N",
        "change_# = lambda: X.update(k=N)\nchange_#()",
        "effect('odd', X == ODD)",
        "harm(X)",
        "dict.update(X, k=N)",
    ),
    "nest": (
        "for z_# in X:\n    z_#.append(N)",
        "for i_#, z_# in enumerate(X):\n    z_#.append(N)",
        "[z.append(N) for z in X]",
        "[z for z in X][0].append(N)",
        "{'v': z for z in X}['v'].append(N)",
        "max(X).append(N)",
        "list(X)[0].append(N)",
        "sorted(X)[0].append(N)",
        "list(zip(X, X))[0][0].append(N)",
        "dict(enumerate(X))[0].append(N)",
        "next(iter(X)).append(N)",
        "copy.copy(X)[0].append(N)",
        "X.copy()[0].append(N)",
        "functools.reduce(lambda a, b: a, X).append(N)",
        "X[:1][0].append(N)",
        "(X + [])[0].append(N)",
        "[*X][0].append(N)",
        "[X][0][0].append(N)",
        "list(map(grow, X))",
        "list(filter(grow, X))",
        "sorted(X, key=grow)",
        "max(X, key=grow)",
        "sorted(X, key=lambda z: z.append(N) or 0)",
        "*z_#, = X\nz_#[0].append(N)",
        "z_#, *_ = X\nz_#.append(N)",
        "first_of(X).append(N)",
        "z_# = X[0]\nz_#.append(N)",
        "X[0] += [N]",
        "X[0][:0] = [N]",
        "X[0][0] += N",
        "del X[0][0]",
        "X[0].clear()",
        "keep_part(X)\nharm(KEPT[-1])",
        "match X:\n    case [z_#, *_]:\n        z_#.append(N)",
        "match X:\n    case [*z_#]:\n        z_#[0].append(N)",
        "match X:\n    case [[*_] as z_#, *_]:\n        z_#.append(N)",
    ),
    "tree": (
        "X['in'].append(N)",
        "X['out'] += [N]",
        "X.get('in').append(N)",
        "[*X.values()][0].append(N)",
        "for k_#, z_# in X.items():\n    z_#.append(N)",
        "X.copy()['in'].append(N)",
        "dict(X)['in'].append(N)",
        "{**X}['in'].append(N)",
        "X.setdefault('in', []).append(N)",
        "inside_of(X).append(N)",
        "match X:\n    case {'in': z_#}:\n        z_#.append(N)",
        "match X:\n    case {'out': _, **z_#}:\n        z_#['in'].append(N)",
    ),
    "int": (
        "X += N",
        "X = X + 1",
        "X, u_# = N, 1",
        "u_#, *X = N, 2, 3",
        "for X in (N, 2):\n    effect('turn')",
        "for X in event.get('items', []):\n    effect('turn')",
        "for u_#, X in ((N, 2), (3, 4)):\n    effect('turn')",
        "for i_# in event.get('items', []):\n    X = i_#",
        "effect('walrus', (X := N))",
        "effect('walrus', event.get('flag') and (X := N))",
        "effect('walrus', [(X := n) for n in (N, 1)])",
        "lazy_# = ((X := n) for n in (N, 1))\nX = 2\neffect('lazy', *lazy_#)",
        "lazy_# = (n for n in (N, 1) if (X := n))\nX = 2\neffect('lazy', next(lazy_#, 0))",
        "lazy_# = ([(X := m) for m in (n, 1)] for n in (N, 1))\nX = 2\neffect('lazy', *lazy_#)",
        "lazy_# = ((X := n) for n in (N, 1))\nKEPT.append(lazy_#)\nX = 2\neffect('lazy', *KEPT[-1])",
        "effect('walrus', sum((X := n) for n in (N, 1)))",
        "effect('text', f'{(X := N)}')",
        "effect('text', f'{1:>{(X := N)}}')",
        "effect('text', f'{(X := N)!r:>4}{event.get(\"flag\") and (X := 7)}')",
        "NESTED\neffect('text', f'{f'{(X := N)}'}{'{}'}')",
        "NESTED\neffect('text', f'{(X := N)=:{'>'}{'4'}}')",
        "try:\n    raise ValueError(X := N)\nexcept ValueError:\n    effect('caught')",
        "try:\n    raise ValueError(f'{(X := N)}')\nexcept ValueError:\n    effect('caught')",
        "try:\n    raise ValueError from (X := N and None)\nexcept ValueError:\n    effect('caught')",
        "with contextlib.suppress(ValueError):\n    raise ValueError(X := N)",
        "for i_# in range(2):\n    try:\n        raise ValueError(X := N)\n    finally:\n        break",
        "for i_# in range(2):\n    try:\n        return {'other': (X := N)}\n    finally:\n        break",
        "for i_# in range(2):\n    try:\n        return (X := i_#)\n    finally:\n        continue",
        "try:\n    return {'other': (X := N)}\nfinally:\n    RETURN",
        "try:\n    return event.get('flag') and [(X := N)]\nfinally:\n    effect('late')\n    RETURN",
        "try:\n    assert (X := N) > 9, (X := 7)\nexcept AssertionError:\n    effect('caught')",
        "[0, 0, 0, 0, 0][(X := N)] = 1",
        "del [0, 0, 0, 0, 0][(X := N)]",
        "u_#: (X := N) = 1",
        "u_# = [1]\nu_#[0] += (X := N)",
        "def change_#(v=(X := N)): pass",
        "change_# = lambda v=(X := N): v",
        "class Held_#((X := Box)): pass\nX = N",
        "@same\ndef change_#(v: (X := N) = 1): pass",
        "with lending((X := N)):\n    effect('lent')",
        "for i_# in ((X := N), 1):\n    effect('turn')",
        "turn_# = 0\nwhile (X := turn_#) < 2:\n    turn_# += 1",
        "match (X := N):\n    case 1 if (X := 7):\n        effect('matched')",
        "def change_#():\n    nonlocal X\n    X = N\nchange_#()",
        "def change_#():\n    nonlocal X\n    X += 1\nchange_#()",
        "GLOBAL\ndef change_#():\n    global X\n    X = N\nchange_#()",
        "with lending(N) as X:\n    effect('lent')",
        "with contextlib.suppress(Exception):\n    risky(1, 1)\n    X = N",
        "with contextlib.suppress(Exception):\n    X = shaky(N)",
        "with contextlib.suppress(Exception):\n    X = N\n    risky(event.get('n'), 1)\n    X = 7",
        "with Quiet(Exception):\n    X = shaky(N)",
        "open = Quiet\nwith open(Exception):\n    X = shaky(N)",
        "open = Quiet\nwith open(Exception):\n    X = N\n    risky(event.get('n'), 1)\n    X = 7",
        "del X\nmatch event.get('mode'):\n    case 'a':\n        X = N",
        "try:\n    risky(1, 1)\nexcept Exception as X:\n    effect('caught')\nX = N",
        "try:\n    risky(event.get('n'), 1)\nexcept Exception as X:\n    effect('caught')",
        "try:\n    risky(event.get('n'), 1)\nexcept Exception as X:\n    if event.get('flag'):\n        return None",
        "try:\n    X = shaky(N)\nexcept Exception:\n    effect('not bound')",
        "try:\n    X = N\n    X = shaky(3)\nexcept Exception:\n    effect('bound once')",
        "try:\n    risky(event.get('n'), 1)\nexcept ValueError:\n    X = N\nexcept Exception:\n    X = 7",
        "try:\n    try:\n        risky(1, 1)\n    except KeyError:\n        effect('key')\nexcept Exception:\n    X = N",
        "try:\n    try:\n        risky(1, 1)\n    finally:\n        effect('finally')\nexcept Exception:\n    X = N",
        "try:\n    try:\n        risky(1, 1)\n    finally:\n        pass\nexcept Exception:\n    X = N",
        "try:\n    if risky(event.get('n'), 1): pass\nexcept Exception:\n    X = N",
        "for i_# in range(2):\n    try:\n        if event.get('flag'): break\n        if event.get('n', 0) > 2: return {'other': N}\n    finally:\n        effect('finally')\n    X = i_#",
        "for i_# in range(2):\n    try:\n        if event.get('flag'): break\n        if event.get('n', 0) > 2: continue\n    finally:\n        effect('finally')\n    X = i_#",
        "del X\nfor i_# in event.get('items', []):\n    X = i_#",
        "del X\nfor X in event.get('items', []):\n    effect('turn')",
        "del X\neffect('walrus', event.get('flag') and (X := N))",
        "del X\nif event.get('flag'):\n    X = N",
        "del X\ntry:\n    X = shaky(N)\nexcept Exception:\n    effect('not bound')",
        "del X\nwith contextlib.suppress(Exception):\n    X = shaky(N)",
        "del X\nmatch event.get('items'):\n    case [_, *X]:\n        effect('matched')",
        "try:\n    with lending(N):\n        risky(1, 1)\nexcept Exception:\n    X = N",
        "try:\n    if risky(event.get('n'), 1): effect('tested')\nexcept Exception:\n    X = N",
        "try:\n    y_# = risky(event.get('n'), 1)\nexcept Exception:\n    X = N",
        "try:\n    effect('tried')\nfinally:\n    X = N",
        "for i_# in range(2):\n    try:\n        if event.get('flag'): break\n    finally:\n        X = N",
        "for i_# in range(2):\n    try:\n        if event.get('flag'): continue\n    finally:\n        X = i_#",
        "for i_# in event.get('items', []):\n    effect('turn')\nelse:\n    X = N",
        "for i_# in event.get('items', []):\n    if i_# > 4: break\nelse:\n    X = N",
        "turn_# = 0\nwhile turn_# < 2:\n    turn_# += 1\n    X = turn_#",
        "if event.get('flag'):\n    X = N",
        "del X\nX = N",
        "if event.get('flag'):\n    del X",
        "import json as X\nX = N",
        "def X(): pass\nX = N",
        "WIDE = N",
        "match event.get('n'):\n    case 1 | 2 | 3:\n        X = N",
        "match event.get('n'):\n    case 1 | 2 | 3:\n        RETURN\nX = N",
        "if event.get('flag'):\n    RETURN\nX = N",
        "for i_# in event.get('items', []):\n    RETURN\nX = N",
        "try:\n    RETURN\nfinally:\n    X = N",
        "try:\n    risky(event.get('n'), 1)\n    RETURN\nexcept Exception:\n    X = N",
        "with contextlib.suppress(Exception):\n    risky(event.get('n'), 1)\n    RETURN\nX = N",
        "match event.get('items'):\n    case [_, *X]:\n        effect('matched')",
        "match event:\n    case {'n': X, 'flag': True}:\n        effect('matched')",
        "match event.get('n'):\n    case X if event.get('flag'):\n        effect('matched')",
        "try:\n    raise ExceptionGroup('', [ValueError(1), KeyError(2)])\nexcept* ValueError:\n    X = N\nexcept* KeyError:\n    effect('key')\n    X = 7",
    ),
}
_BY_KIND["str"] = _BY_KIND["int"][1:]
_EVENT = (
    "event['n'] = N",
    "event.update(n=N)",
    "harm(event)",
    "event = {**event, 'n': N, 'text': 'another'}",
    "event = {'n': N, 'text': 'another', 'items': [N]}",
    "for event in ({'n': N, 'text': 'another', 'items': [N]},):\n    effect('turn')",
    "for event in (event, {'n': N}):\n    effect('turn')",
    "other_# = event\nother_#['n'] = N",
    "change_# = lambda: event.update(text='another')\nchange_#()",
)
_ANYWHERE = (
    "__unum__ = N\neffect('mine', __unum__)",
    "effect('names', own_names())",
    "effect('names', f'{own_names()}')",
    "if context is None:\n    try:\n        lambda_handler(event, 1)\n    except Exception:\n        effect('trace', traceback.format_exc())\nu_# = event['gone'] if context else N",
    "if context is None:\n    try:\n        lambda_handler(event, 1)\n    except Exception:\n        effect('trace', traceback.format_exc())\nu_#, v_# = make_ints(N), context and event['gone']",
    "effect('names', f'{sys._getframe().f_code.co_names}')",
    "try:\n    risky(1, 1)\nexcept Exception as e_#:\n    effect('names', [f.f_code.co_names for f, _ in traceback.walk_tb(e_#.__traceback__)])",
    "if event.get('flag'):\n    return {'other': N}",
    "if event.get('flag'):\n    return None",
    "try:\n    risky(event.get('n'), 1)\nfinally:\n    if event.get('flag'):\n        return {'other': N}",
)
_RESULT = (
    "RESULT[KEY] = N",
    "RESULT[KEY], u_# = N, 1",
    "(u_#, RESULT[KEY]) = pair_# = make_pair(N)",
    "del RESULT[KEY]",
    "del RESULT[KEY]\nRESULT[KEY] = N",
    "RESULT.pop(KEY)",
    "RESULT['more'] = N",
    "RESULT['more'] = RESULT[KEY]",
    "RESULT[event.get('mode', 'b')] = N",
    "RESULT.update({KEY: N})",
    "RESULT.update(more=N)",
    "RESULT.update(make_map(N))",
    "RESULT.update(json.loads('{\"more\": 1}'))",
    "RESULT.update(event.get('user', {}))",
    "RESULT.setdefault(KEY, N)",
    "RESULT.setdefault('more', N)",
    "RESULT = {**RESULT, KEY: N}",
    "RESULT = {'first': N, **RESULT}",
    "RESULT = dict(RESULT, more=N)",
    "RESULT = RESULT.copy()\nRESULT[KEY] = N",
    "RESULT |= {KEY: N}",
    "RESULT[KEY], u_# = N, 1",
    "u_#, RESULT[KEY] = 1, number(N)",
    "RESULT[KEY] = (RESULT := {KEY: N, 'other': 1})[KEY]",
    "if event.get('flag'):\n    RESULT[KEY] = (RESULT := {KEY: N, 'other': 1})[KEY]",
    "RESULT[KEY] = len(RESULT := {KEY: N, 'other': 1})\nRESULT['late'] = number(N)",
    "RESULT[KEY] = f\"{(RESULT := {**RESULT, 'more': N})}\"",
    "RESULT.update(more=(RESULT := {KEY: N})[KEY])",
    "RESULT.update({'more': (RESULT := {KEY: N})[KEY]})\nRESULT['late'] = number(N)",
    "RESULT.setdefault('more', (RESULT := {KEY: N})[KEY])",
    "RESULT.setdefault(KEY, (RESULT := {KEY: N})[KEY])\nRESULT['late'] = number(N)",
    "RESULT |= {'more': (RESULT := {KEY: N})[KEY]}",
    "RESULT = {'more': (RESULT := {KEY: N})[KEY], **RESULT}",
    "RESULT = {'more': (RESULT := {KEY: N})[KEY], **RESULT}\nRESULT['late'] = number(N)",
    "RESULT = dict(RESULT, more=(RESULT := {KEY: N})[KEY])",
    "RESULT: dict = {**RESULT, 'more': (RESULT := {KEY: N})[KEY]}",
    "del (RESULT := {**RESULT, 'more': N})['more']",
    "try:\n    raise ValueError(RESULT := {KEY: N})\nexcept ValueError:\n    RESULT['more'] = number(N)",
    "try:\n    raise ValueError(RESULT.pop(KEY))\nexcept ValueError:\n    effect('caught')",
    "try:\n    raise ValueError(RESULT.pop(KEY), RESULT.setdefault(KEY, N))\nexcept ValueError:\n    RESULT['late'] = number(N)",
    "RESULT['tail'] = N\ntry:\n    raise ValueError(RESULT.pop('tail'), RESULT.setdefault('tail', 7))\nexcept ValueError:\n    effect('caught')",
    "try:\n    return {'other': RESULT.pop(KEY)}\nfinally:\n    effect('late')\n    return RESULT",
    "try:\n    return {'other': (RESULT := {KEY: N})}\nfinally:\n    RESULT['late'] = number(N)\n    return RESULT",
    "lazy_# = ((RESULT := {KEY: n}) for n in (N, 1))\nRESULT = {KEY: number(N), 'more': 1}\neffect('lazy', *lazy_#)",
    "lazy_# = ((RESULT := {KEY: n, 'more': 3}) for n in (N, 1))\nRESULT = {KEY: number(N), 'more': 1}\neffect('lazy', *lazy_#)\nRESULT['late'] = number(N)",
    "RESULT['tail'] = N\ntry:\n    del RESULT['tail'], event['gone']\nexcept KeyError:\n    effect('half')\nelse:\n    RESULT['tail'] = 7",
    "RESULT['tail'] = N\ntry:\n    del RESULT['tail'], event['text']\nexcept KeyError:\n    effect('half')\nelse:\n    RESULT['tail'] = 7\nRESULT['late'] = number(N)",
    "RESULT['tail'] = N\ntry:\n    del (RESULT['tail'], RESULT['gone'])\nexcept KeyError:\n    effect('half')\n    RESULT['late'] = number(N)\nelse:\n    RESULT['tail'] = 7",
    "RESULT['tail'] = N\ndel RESULT['tail'], RESULT[KEY]\nRESULT[KEY] = number(N)",
    "effect('text', f\"{RESULT.pop(KEY)}\")\nRESULT['late'] = number(N)",
    "effect('text', f\"{(RESULT := {KEY: N})}\")\nRESULT['late'] = number(N)",
    "RESULT = grown_pair(make_ints(N), number(N))",
    "RESULT = gathered(first=make_ints(N), second=number(N))",
    "return gathered(first=make_ints(N), second=number(N), third=number(N))",
    "return named(first=number(N), second=number(N), third=number(N))",
    "return grown_pair(make_ints(N), number(N))",
    "return pair(N, 2)",
    "return changed_pair(N, 2)",
    "RESULT = sometimes(event.get('flag'))\nRESULT[KEY] = number(N)\neffect('late')\nreturn RESULT",
    "v_# = number(N)\neffect('bound')\ntry:\n    return {KEY: v_#, 'more': number(N)}\nfinally:\n    if event.get('flag'):\n        return {KEY: 7, 'more': number(N)}",
    "try:\n    return pair(N, 2)\nfinally:\n    if event.get('flag'):\n        return {'first': 7, 'second': number(N)}",
    "try:\n    return {'other': number(N)}\nfinally:\n    if event.get('flag'):\n        return RESULT",
    "match event.get('mode'):\n    case 'a':\n        RESULT['more'] = N",
    "match event.get('mode'):\n    case 'a':\n        RESULT[KEY] = N\n    case 'b':\n        RESULT[KEY] = 7",
    "open = Quiet\nwith open(Exception):\n    RESULT['more'] = shaky(N)",
    "def change_#():\n    RESULT['late'] = N\nchange_#()",
    "event[KEY] = number(N)\neffect('own')\nreturn event",
    "if event.get('flag'):\n    event = {KEY: number(N), 'more': number(N)}\nevent['late'] = number(N)\neffect('own')\nreturn event",
    "for i_# in range(2):\n    try:\n        if i_#: break\n    finally:\n        RESULT[KEY] = number(i_#)",
    "try:\n    return {KEY: number(N), 'more': number(N)}\nfinally:\n    if event.get('flag'):\n        return {KEY: 7, 'more': number(N)}",
    "try:\n    return {KEY: number(N), 'more': number(N)}\nfinally:\n    effect('finally')",
    "RESULT = RESULT | {KEY: N, 'more': N}",
    "RESULT = {'first': N, KEY: 7} | RESULT",
    "keep(RESULT)[KEY] = N",
    "KEPT.append(RESULT)\nKEPT[-1][KEY] = N",
    "other_# = RESULT\nother_#[KEY] = N",
    "change_# = lambda: RESULT.update(late=N)\nchange_#()",
    "def change_#():\n    RESULT[KEY] = N\nchange_#()",
    "if event.get('flag'):\n    RESULT['more'] = N",
    "if event.get('flag'):\n    RESULT[KEY] = N",
    "if event.get('flag'):\n    del RESULT[KEY]",
    "if event.get('flag'):\n    keep(RESULT)[KEY] = N",
    "if event.get('flag'):\n    RESULT = {'other': N}",
    "try:\n    RESULT['more'] = shaky(N)\nexcept Exception:\n    effect('no more')",
    "try:\n    RESULT[KEY] = shaky(N)\nexcept Exception:\n    effect('as before')",
    "RESULT['me'] = [RESULT]\nRESULT['me'][0][KEY] = N\nRESULT['me'] = N",
    "RESULT.update(me=(RESULT,))\nRESULT['me'][0][KEY] = N\nRESULT['me'] = N",
    "box_# = []\nRESULT['me'] = box_#\nbox_#.append(RESULT)\nRESULT['me'][0][KEY] = N\nRESULT['me'] = N",
    "for RESULT in (RESULT, {'other': N}):\n    effect('turn')",
    "for RESULT[KEY] in (N, 2):\n    effect('turn')",
    "with lending({'other': N}) as RESULT:\n    effect('lent')",
    "for u_#, RESULT['more'] in zip(event.get('items', []), 'ab'):\n    effect('turn')",
    "with lending(N) as RESULT[KEY]:\n    effect('lent')",
    "with contextlib.suppress(Exception), lending(shaky(N)) as RESULT[KEY]:\n    effect('lent')",
    "[0 for RESULT[KEY] in (N, 2)]",
    "u_# = 1\ndel (u_#, RESULT[KEY])",
    "for z_# in [*RESULT.values()]:\n    harm(z_#)",
    "try:\n    return RESULT\nfinally:\n    RESULT[KEY] = N",
    "try:\n    return RESULT\nfinally:\n    if event.get('flag'):\n        RESULT['more'] = N",
    "try:\n    return RESULT\nfinally:\n    if event.get('flag'):\n        return {'other': N}",
)
_RESULT_BY_KIND = {
    "ints": (
        "RESULT[KEY].append(N)",
        "RESULT[KEY] += [N]",
        "RESULT[KEY][0] = N",
        "harm(RESULT[KEY])",
        "z_# = RESULT[KEY]\nz_#.append(N)",
        "RESULT['more'] = RESULT[KEY]\nRESULT['more'].append(N)",
        "RESULT.update(more=RESULT[KEY])\nRESULT['more'].append(N)",
        "RESULT.get(KEY).append(N)",
        "RESULT['log'] = []\nRESULT['log'] += [RESULT[KEY]]\nRESULT['log'][0].append(N)\nRESULT['late'] = number(N)",
        "RESULT['log'] = []\nRESULT['log'] += [RESULT[KEY]]\nharm(RESULT['log'])",
        "RESULT['log'] = {}\nRESULT['log']['v'] = RESULT[KEY]\nRESULT['log']['v'].append(N)",
    ),
    "nest": (
        "RESULT[KEY][0].append(N)",
        "for z_# in RESULT[KEY]:\n    z_#.append(N)",
        "RESULT[KEY] += [[N]]",
    ),
    "int": ("RESULT[KEY] += 1",),
    "str": ("RESULT[KEY] += 'x'",),
}


def change(maker: Maker, scope: Scope) -> list[str]:
    """Changes a variable, the event, or what is seen of them."""
    maker.mark("oddity")
    names = [name for name, kind in scope.names.items() if kind in _BY_KIND]
    fields = [name for name in names if name in scope.fields]
    lists = [name for name in fields or names if scope.names[name] == "ints"]
    if maker.shadow and lists:
        _, call = SHADOWS[maker.shadow]
        return [f"effect('shadowed', {call.replace('X', maker.pick(lists))})"]
    if not names or maker.chance(0.1):
        anywhere = [template for template in _ANYWHERE if "return" not in template or scope.make_return]
        return _written(maker, maker.pick([*_EVENT, *anywhere]), "event")
    name = maker.pick(fields or names)
    templates = [template for template in _BY_KIND[scope.names[name]] if "return" not in template.lower()]
    return _written(maker, maker.pick(templates), name)


@dataclass
class Aim:
    """One oddity that is to happen."""

    kind: str
    """Of the variable that it changes, `result`, `event`, or `merged` for a dict that goes into another one."""
    template: str


def aim(maker: Maker) -> Aim:
    """Each in its turn, for any one is rare among hundreds."""
    rounds, turn = divmod(maker.seed, len(_ALL))
    return _ALL[_order(rounds)[turn]]


@functools.cache
def _order(rounds: int) -> list[int]:
    """Another one in each round: of the seeds that follow each other, not all need be aimed."""
    return random.Random(rounds).sample(range(len(_ALL)), len(_ALL))


def change_by(maker: Maker, aimed: Aim, name: str, back: str) -> list[str]:
    """`back` is a return of the result as it is."""
    maker.mark("oddity")
    return _written(maker, aimed.template.replace("RETURN", back), name)


def change_result(maker: Maker, name: str, key: str, kind: str) -> list[str]:
    """Changes the dict that is to be returned, or the value, of this kind, under one of its keys."""
    maker.mark("oddity of the result")
    templates = _RESULT_BY_KIND.get(kind, ()) if maker.chance(0.4) else _RESULT
    template = maker.pick(templates or _RESULT)
    return _written(maker, template.replace("RESULT", name).replace("KEY", repr(key)), name)


_ALL = [
    *(Aim(kind, template) for kind, templates in _BY_KIND.items() for template in templates),
    *(Aim("event", template) for template in _EVENT + _ANYWHERE),
    *[Aim("result", "")] * (len(_RESULT) + 10),
    *[Aim("merged", "")] * 25,
]


def _written(maker: Maker, template: str, name: str) -> list[str]:
    new = {"match": (3, 10), "except*": (3, 11), " | ": (3, 9), "|=": (3, 9), "NESTED\n": (3, 12)}
    needs = max((version for syntax, version in new.items() if syntax in template), default=(3, 8))
    if not maker.since(needs):
        return []
    template = template.removeprefix("NESTED\n")
    if template.startswith("GLOBAL\n"):
        maker.globals.add(name)
        template = template.removeprefix("GLOBAL\n")
    text = template.replace("#", maker.name("").strip("_")).replace("WIDE", _wide(name))
    return values.number(maker, re.sub(r"\bX\b", name, text)).split("\n")


def _wide(name: str) -> str:
    """The same identifier for Python, in other characters."""
    return chr(ord(name[0]) - ord("a") + ord("\N{FULLWIDTH LATIN SMALL LETTER A}")) + name[1:]
