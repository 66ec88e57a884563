# events: [{"id": "seq1", "sequence": "ACGTACGTGGTACC", "k": 3}, {"id": "seq2", "sequence": "NNACGT"}]
# safe: id, length, gc_content, composition, kmers, reverse_complement
# unsafe: orfs (computed last)
"""k-mer profile of one FASTA record. Called once per record by the Step Functions map state."""

from collections import Counter

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
STOPS = {"TAA", "TAG", "TGA"}


def count_kmers(seq, k):
    counts = Counter()
    for i in range(len(seq) - k + 1):
        kmer = seq[i : i + k]
        if "N" not in kmer:
            counts[kmer] += 1
    return dict(counts.most_common(10))


def find_orfs(seq):
    orfs = []
    for frame in range(3):
        start = None
        for i in range(frame, len(seq) - 2, 3):
            codon = seq[i : i + 3]
            if codon == "ATG" and start is None:
                start = i
            elif codon in STOPS and start is not None:
                orfs.append([start, i + 3])
                start = None
    return orfs


def lambda_handler(event, context):
    seq = event["sequence"].upper()
    k = event.get("k", 4)

    length = len(seq)
    gc_content = round((seq.count("G") + seq.count("C")) / length, 4)
    composition = {base: seq.count(base) for base in "ACGT"}
    kmers = count_kmers(seq, k)
    reverse_complement = seq.translate(COMPLEMENT)[::-1]
    orfs = find_orfs(seq) + find_orfs(reverse_complement)

    return {
        "id": event["id"],
        "length": length,
        "gc_content": gc_content,
        "composition": composition,
        "kmers": kmers,
        "reverse_complement": reverse_complement,
        "orfs": orfs,
    }
