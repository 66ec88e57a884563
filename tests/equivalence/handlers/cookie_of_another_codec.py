#!/usr/bin/python
# vim: set fileencoding=cp1252 :
def lambda_handler(event, context):
    a = ['€']
    b = {'n': len(a)}
    c = [1]
    return {'a': a, 'b': b, 'c': c}
