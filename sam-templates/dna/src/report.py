"""Puts the genes into words and logs the report."""

import json


def about_proteins(proteins):
    longest = max(proteins, key=len, default="")
    return f"{len(proteins)} reading frames; the longest encodes {len(longest)} residues, {longest[:12]}..."


def about_codons(usage):
    favoured = sorted(usage, key=lambda codon: -usage[codon]["rscu"])[:3]
    return "favoured codons: " + ", ".join(favoured)


def about_masses(masses):
    return f"from {min(masses)} to {max(masses)} kDa" if masses else "no protein to weigh"


def about_hydropathies(means):
    return f"{sum(1 for mean in means if mean > 0)} of {len(means)} are hydrophobic"


def about_promoters(promoters):
    led = [promoter for promoter in promoters if promoter["motifs"]]
    return "; ".join(f"at {promoter['start']}: {', '.join(promoter['motifs'])}" for promoter in led)


def lambda_handler(event, context):
    proteins = about_proteins(event["proteins"])
    codons = about_codons(event["codon_usage"])
    masses = about_masses(event["masses"])
    hydropathies = about_hydropathies(event["hydropathies"])
    promoters = about_promoters(event["promoters"])
    report = {
        "proteins": proteins,
        "codons": codons,
        "masses": masses,
        "hydropathies": hydropathies,
        "promoters": promoters,
    }
    print("REPORT " + json.dumps(report))
    return report
