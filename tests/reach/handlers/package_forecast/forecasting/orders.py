import math
import statistics


def order_quantity(forecast, history):
    safety = 1.65 * statistics.pstdev(history)
    return math.ceil(sum(forecast) + safety)
