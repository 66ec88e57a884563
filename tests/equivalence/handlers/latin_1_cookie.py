# -*- coding: latin-1 -*-
# early: a
def lambda_handler(event, context):
    a = ['é']
    größe = {'ß': len(a)}
    c = ['ä', 1 / (len(event) - 1)]
    return {'a': a, 'größe': größe, 'c': c}
