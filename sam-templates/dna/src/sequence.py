"""Reads a sequence in FASTA format and measures it along its length."""

from collections import Counter

COMPLEMENT = str.maketrans("ACGT", "TGCA")
WINDOW = 200
KMER = 4
SHORTEST_PALINDROME = 8


def read_fasta(text):
    """The bases of all lines but the headers, in capitals, nothing else."""
    lines = [line.strip() for line in text.splitlines() if not line.startswith(">")]
    return "".join(base for base in "".join(lines).upper() if base in "ACGT")


def composition_of(bases):
    counts = Counter(bases)
    return {
        "length": len(bases),
        "counts": {base: counts[base] for base in "ACGT"},
        "gc": round((counts["G"] + counts["C"]) / len(bases), 4),
    }


def gc_profile_of(bases):
    """GC content, GC skew and CpG (observed by expected) of windows that overlap by half."""
    windows = []
    for start in range(0, len(bases) - WINDOW + 1, WINDOW // 2):
        window = bases[start : start + WINDOW]
        guanine, cytosine = window.count("G"), window.count("C")
        both = guanine + cytosine
        windows.append(
            {
                "start": start,
                "gc": both / WINDOW,
                "skew": round((guanine - cytosine) / both, 4) if both else 0.0,
                "cpg": round(window.count("CG") * WINDOW / (guanine * cytosine), 4)
                if guanine * cytosine
                else 0.0,
            }
        )
    return windows


def kmers_of(bases):
    counts = Counter(bases[i : i + KMER] for i in range(len(bases) - KMER + 1))
    return dict(sorted(counts.items()))


def palindromes_of(bases):
    """Where the sequence reads the same on both strands: start and bases, the longest around each centre."""
    found = []
    for centre in range(1, len(bases)):
        reach = 0
        while (
            centre - reach > 0
            and centre + reach < len(bases)
            and bases[centre - reach - 1] == bases[centre + reach].translate(COMPLEMENT)
        ):
            reach += 1
        if 2 * reach >= SHORTEST_PALINDROME:
            found.append({"start": centre - reach, "bases": bases[centre - reach : centre + reach]})
    return found


def lambda_handler(event, context):
    bases = read_fasta(event["fasta"])
    composition = composition_of(bases)
    gc_profile = gc_profile_of(bases)
    kmers = kmers_of(bases)
    palindromes = palindromes_of(bases)
    return {
        "bases": bases,
        "composition": composition,
        "gc_profile": gc_profile,
        "kmers": kmers,
        "palindromes": palindromes,
    }
