"""Finds what the sequence may encode: reading frames, motifs, islands, the origin of replication."""

import math
import re

COMPLEMENT = str.maketrans("ACGT", "TGCA")
SHORTEST_ORF = 90
STOPS = ("TAA", "TAG", "TGA")
# Consensus sequences; lookahead, for occurrences may overlap.
MOTIFS = {
    "pribnow box": "(?=(TATAAT))",
    "-35 box": "(?=(TTGACA))",
    "shine-dalgarno": "(?=(AGGAGG))",
    "EcoRI": "(?=(GAATTC))",
    "BamHI": "(?=(GGATCC))",
    "terminator stem": "(?=(G[CG]{4,6}[ACGT]{3,5}[CG]{4,6}C))",
}
# Gardiner-Garden and Frommer, 1987.
ISLAND_GC, ISLAND_CPG = 0.5, 0.6


def orfs_of(bases):
    """From ATG to the first stop in its frame, on both strands; places count from the strand's own 5' end."""
    found = []
    for strand, text in (("+", bases), ("-", bases.translate(COMPLEMENT)[::-1])):
        for frame in range(3):
            start = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if start is None and codon == "ATG":
                    start = place
                elif start is not None and codon in STOPS:
                    if place - start >= SHORTEST_ORF:
                        found.append(
                            {"strand": strand, "start": start, "end": place + 3, "bases": text[start:place]}
                        )
                    start = None
    return sorted(found, key=lambda orf: -len(orf["bases"]))


def motifs_of(bases):
    """Where each motif starts, on the strand that is given."""
    return {name: [match.start() for match in re.finditer(motif, bases)] for name, motif in MOTIFS.items()}


def islands_of(windows):
    """Runs of windows that are rich in GC and in CpG: first start, last start."""
    islands = []
    for window in windows:
        if window["gc"] > ISLAND_GC and window["cpg"] > ISLAND_CPG:
            if islands and window["start"] - islands[-1]["last"] <= 100:
                islands[-1]["last"] = window["start"]
            else:
                islands.append({"first": window["start"], "last": window["start"]})
    return islands


def origin_of(windows):
    """The cumulative GC skew is lowest at the origin of replication and highest at the terminus."""
    total, course = 0.0, []
    for window in windows:
        total += window["skew"]
        course.append((round(total, 4), window["start"]))
    return {"origin": min(course)[1], "terminus": max(course)[1]}


def complexity_of(kmers):
    """Shannon entropy of the k-mers in bits, and the share of all possible ones that occur."""
    count = sum(kmers.values())
    entropy = -math.fsum(n / count * math.log2(n / count) for n in kmers.values())
    return {"entropy": round(entropy, 6), "seen": len(kmers) / 4**4}


def lambda_handler(event, context):
    bases = event["bases"]
    orfs = orfs_of(bases)
    motifs = motifs_of(bases)
    windows = event["gc_profile"]
    islands = islands_of(windows)
    origin = origin_of(windows)
    complexity = complexity_of(event["kmers"])
    return {
        "orfs": orfs,
        "motifs": motifs,
        "islands": islands,
        "origin": origin,
        "complexity": complexity,
    }
