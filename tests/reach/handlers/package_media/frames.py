def average_brightness(frames):
    return [round(sum(f) / len(f), 2) for f in frames]


def scene_cuts(frames, threshold):
    cuts = [0]
    for i in range(1, len(frames)):
        change = sum(abs(a - b) for a, b in zip(frames[i - 1], frames[i])) / len(frames[i])
        if change > threshold:
            cuts.append(i)
    return cuts


def best_frame(frames, brightness):
    middle = sorted(brightness)[len(brightness) // 2]
    return brightness.index(middle)
