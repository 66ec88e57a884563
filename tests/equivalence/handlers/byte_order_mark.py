# early: a
def lambda_handler(event, context):
	a = [1]
	b = {'n': len(a)}  # kept
	c = '''two
lines'''
	return {'a': a, 'b': b, 'c': c, 'd': 1 / (len(event) - 1)}
