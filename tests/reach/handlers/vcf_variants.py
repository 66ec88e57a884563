# events: [{"sample": "NA12878", "vcf": "#CHROM\tPOS\tREF\tALT\tQUAL\n1\t1000\tA\tG\t60\n1\t1050\tC\tT\t12\n2\t500\tAT\tA\t99\n"}, {"sample": "empty", "vcf": "#CHROM\n"}]
# safe: sample, total, passed, by_chromosome, ti_tv
# unsafe: densest_window (computed last)
from collections import Counter, namedtuple

Variant = namedtuple("Variant", "chrom pos ref alt qual")

TRANSITIONS = {("A", "G"), ("G", "A"), ("C", "T"), ("T", "C")}
MIN_QUAL = 30


def read_variants(text):
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        chrom, pos, ref, alt, qual = line.split("\t")
        yield Variant(chrom, int(pos), ref, alt, float(qual))


def ti_tv_ratio(variants):
    snvs = [(v.ref, v.alt) for v in variants if len(v.ref) == len(v.alt) == 1]
    ti = sum(1 for pair in snvs if pair in TRANSITIONS)
    tv = len(snvs) - ti
    return round(ti / tv, 3) if tv else None


def densest(variants, size=1000):
    windows = Counter((v.chrom, v.pos // size) for v in variants)
    if not windows:
        return None
    (chrom, index), n = windows.most_common(1)[0]
    return {"chrom": chrom, "start": index * size, "count": n}


def lambda_handler(event, context):
    variants = list(read_variants(event["vcf"]))
    total = len(variants)
    good = [v for v in variants if v.qual >= MIN_QUAL]
    passed = len(good)
    by_chromosome = dict(Counter(v.chrom for v in good))
    ratio = ti_tv_ratio(variants)
    window = densest(good)

    return {
        "sample": event["sample"],
        "total": total,
        "passed": passed,
        "by_chromosome": by_chromosome,
        "ti_tv": ratio,
        "densest_window": window,
    }
