# events: [{"points": [[52.52, 13.4], [52.51, 13.41], [48.13, 11.57], [48.14, 11.58], [53.55, 9.99]], "radius_km": 10}, {"points": [[0.0, 0.0]]}]
# safe: bounding_box, centroid, clusters, noise
# unsafe: density (computed last)
import math

EARTH_RADIUS_KM = 6371.0


def haversine(a, b):
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


def bounding_box(points):
    lats = [p[0] for p in points]
    lons = [p[1] for p in points]
    return {"south": min(lats), "north": max(lats), "west": min(lons), "east": max(lons)}


def cluster(points, radius):
    """Greedy: a point joins the first cluster whose centre is near enough."""
    clusters = []
    for point in points:
        for c in clusters:
            if haversine(c["center"], point) <= radius:
                c["members"] += 1
                n = c["members"]
                c["center"] = [
                    round(c["center"][0] + (point[0] - c["center"][0]) / n, 5),
                    round(c["center"][1] + (point[1] - c["center"][1]) / n, 5),
                ]
                break
        else:
            clusters.append({"center": list(point), "members": 1})
    return clusters


def lambda_handler(event, context):
    points = event["points"]
    radius = event.get("radius_km", 5)

    bbox = bounding_box(points)
    centroid = [
        round(sum(p[0] for p in points) / len(points), 5),
        round(sum(p[1] for p in points) / len(points), 5),
    ]
    clusters = cluster(points, radius)
    noise = sum(1 for c in clusters if c["members"] == 1)

    area = (bbox["north"] - bbox["south"]) * (bbox["east"] - bbox["west"])
    density = round(len(points) / area, 3) if area else None

    return {
        "bounding_box": bbox,
        "centroid": centroid,
        "clusters": clusters,
        "noise": noise,
        "density": density,
    }
