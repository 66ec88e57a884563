# events: [{"video": "v-1", "frames": [[0, 10, 20], [0, 11, 22], [200, 180, 220], [201, 180, 219]], "fps": 2}, {"video": "v-2", "frames": [[5, 5, 5]], "fps": 25}]
# safe: video, duration, brightness, scenes
# unsafe: thumbnail (computed last)
from frames import average_brightness, best_frame, scene_cuts


def main(event, context):
    frames = event["frames"]
    duration = len(frames) / event["fps"]
    brightness = average_brightness(frames)
    scenes = scene_cuts(frames, threshold=50)
    return {
        "video": event["video"],
        "duration": duration,
        "brightness": brightness,
        "scenes": scenes,
        "thumbnail": best_frame(frames, brightness),
    }


lambda_handler = main
