"""Looks at the reading frames as genes: their proteins, their codons, what stands in front of them."""

import math
from collections import Counter

BASES = "TCAG"
# The standard genetic code, codons in the order TTT, TTC, TTA, TTG, TCT, …
AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = dict(zip([a + b + c for a in BASES for b in BASES for c in BASES], AMINO_ACIDS))
# Average mass of each residue in daltons; a protein has one molecule of water more.
RESIDUE_MASS = {
    **{"G": 57.0513, "A": 71.0779, "S": 87.0773, "P": 97.1152, "V": 99.1311, "T": 101.1039, "C": 103.1429},
    **{"L": 113.1576, "I": 113.1576, "N": 114.1026, "D": 115.0874, "Q": 128.1292, "K": 128.1723},
    **{
        "E": 129.1140,
        "M": 131.1961,
        "H": 137.1393,
        "F": 147.1739,
        "R": 156.1857,
        "Y": 163.1733,
        "W": 186.2099,
    },
}
WATER_MASS = 18.0153
# Kyte and Doolittle, 1982.
HYDROPATHY = {
    **{
        "A": 1.8,
        "R": -4.5,
        "N": -3.5,
        "D": -3.5,
        "C": 2.5,
        "Q": -3.5,
        "E": -3.5,
        "G": -0.4,
        "H": -3.2,
        "I": 4.5,
    },
    **{
        "L": 3.8,
        "K": -3.9,
        "M": 1.9,
        "F": 2.8,
        "P": -1.6,
        "S": -0.8,
        "T": -0.7,
        "W": -0.9,
        "Y": -1.3,
        "V": 4.2,
    },
}
UPSTREAM = 60


def codons_of(bases):
    return [bases[i : i + 3] for i in range(0, len(bases) - 2, 3)]


def proteins_of(orfs):
    return ["".join(CODE[codon] for codon in codons_of(orf["bases"])) for orf in orfs]


def codon_usage_of(orfs):
    """How often each codon is used, and how much more than its synonyms would let expect (RSCU)."""
    counts = Counter(codon for orf in orfs for codon in codons_of(orf["bases"]))
    by_amino_acid = Counter()
    for codon, count in counts.items():
        by_amino_acid[CODE[codon]] += count
    return {
        codon: {
            "count": count,
            "rscu": round(count * AMINO_ACIDS.count(CODE[codon]) / by_amino_acid[CODE[codon]], 4),
        }
        for codon, count in sorted(counts.items())
    }


def masses_of(orfs):
    """In kilodaltons."""
    masses = []
    for protein in proteins_of(orfs):
        masses.append(round((math.fsum(RESIDUE_MASS[acid] for acid in protein) + WATER_MASS) / 1000, 3))
    return masses


def hydropathies_of(orfs):
    means = []
    for protein in proteins_of(orfs):
        means.append(round(math.fsum(HYDROPATHY[acid] for acid in protein) / len(protein), 3))
    return means


def promoters_of(orfs, motifs):
    """For each frame on the given strand, the motifs that start at most 60 bases in front of it."""
    promoters = []
    for orf in orfs:
        if orf["strand"] == "+":
            near = [
                name
                for name, places in motifs.items()
                if any(orf["start"] - UPSTREAM <= place < orf["start"] for place in places)
            ]
            promoters.append({"start": orf["start"], "motifs": near})
    return promoters


def lambda_handler(event, context):
    orfs = event["orfs"]
    proteins = proteins_of(orfs)
    codon_usage = codon_usage_of(orfs)
    masses = masses_of(orfs)
    hydropathies = hydropathies_of(orfs)
    promoters = promoters_of(orfs, event["motifs"])
    return {
        "proteins": proteins,
        "codon_usage": codon_usage,
        "masses": masses,
        "hydropathies": hydropathies,
        "promoters": promoters,
    }
