//! How long a transformation takes: by the size of the handler, and by the size of the module around it.
//!
//! Time is to grow in proportion to the source up to 1 MB. The parser alone is measured beside each handler: nothing that
//! has to be parsed takes less.

use std::{fmt::Write, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rustpython_parser::{Parse, ast::Suite};
use unum_transformer::{Request, transform};

const HEAD: &str = r#""""Scores an order and tells what it found."""
import json
import logging
import math
from decimal import Decimal

import boto3

logger = logging.getLogger()
table = boto3.resource("dynamodb").Table("orders")
LIMITS = {"amount": 10_000, "items": 50}


def mean(values):
    return sum(values) / len(values) if values else 0.0


def rate(rows, weight=1.0):
    total = 0.0
    for row in rows:
        total += row["price"] * row.get("quantity", 1) * weight
    return {"total": total, "mean": mean([row["price"] for row in rows])}


def lambda_handler(event, context):
    """One order in, its scores out."""
    if "order" not in event:
        raise ValueError("no order")
    order = table.get_item(Key={"id": event["order"]})["Item"]
"#;

/// About twelve lines as people write them; one field of the result.
const SECTION: &str = r#"
    # Part {n}: the lines of one kind, and what they come to.
    rows_{n} = [line for line in order["lines"] if line["kind"] == {n} and line.get("quantity", 0) > 0]
    if not rows_{n}:
        logger.info("nothing of kind %d in %s", {n}, event["order"])
    score_{n} = rate(rows_{n}, weight=1.0 / (1 + {n}))
    try:
        score_{n}["log"] = math.log(score_{n}["total"] or 1.0)
    except ValueError as error:
        logger.exception(f"kind {n} of {event['order']}: {error}")
        raise
    for row in rows_{n}:
        table.put_item(Item={"id": row["id"], "score": Decimal(str(round(row["price"], 2)))})
"#;

/// A module whose handler has about this many lines.
fn module(lines: usize, fields: usize) -> String {
    let sections = (lines.saturating_sub(10) / (SECTION.lines().count() + 1)).max(1);
    let mut text = HEAD.to_owned();
    for n in 0..sections {
        text.push_str(&SECTION.replace("{n}", &n.to_string()));
    }
    text.push_str("    return {\n        \"order\": event[\"order\"],\n");
    for n in 0..sections.min(fields) {
        let _ = writeln!(text, "        \"score_{n}\": score_{n},");
    }
    text.push_str("        \"version\": 2,\n    }\n");
    text
}

/// The same handler in a module of about this many bytes.
fn grown(bytes: usize) -> String {
    let mut text = module(100, 5);
    let mut n = 0;
    while text.len() < bytes {
        let _ = write!(
            text,
            "\n\nclass Model{n}:\n    \"\"\"Made of rows.\"\"\"\n\n    def __init__(self, rows):\n        self.rows = rows\n\n    def total(self, key=\"price\"):\n        return sum(row[key] for row in self.rows if f\"{{row['id']}}\" != \"{n}\")\n"
        );
        n += 1;
    }
    text
}

fn run(source: &str) {
    let transformation = transform(&Request::new(black_box(source.as_bytes()), "lambda_handler"));
    assert!(transformation.source.is_some(), "{}", transformation.report.reason);
}

fn handlers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handler of lines");
    for lines in [30, 100, 300, 1_000, 3_000] {
        let source = module(lines, 8);
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(lines), &source, |bencher, source| {
            bencher.iter(|| run(source));
        });
        group.bench_with_input(BenchmarkId::new("parser alone", lines), &source, |bencher, source| {
            bencher.iter(|| Suite::parse(black_box(source), "app.py").map(drop).is_ok());
        });
    }
    group.finish();
}

fn modules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("module of kilobytes");
    for kilobytes in [10, 30, 100, 300, 1_000] {
        let source = grown(kilobytes * 1_000);
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(kilobytes), &source, |bencher, source| {
            bencher.iter(|| run(source));
        });
    }
    group.finish();
}

fn fields(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fields");
    group.sample_size(10);
    for fields in [10, 100, 1_000] {
        let mut source = "def lambda_handler(event, context):\n".to_owned();
        for n in 0..fields {
            let _ = writeln!(source, "    a{n} = work({n})");
        }
        let all: Vec<String> = (0..fields).map(|n| format!("\"a{n}\": a{n}")).collect();
        let _ = writeln!(source, "    return {{{}}}", all.join(", "));
        group.bench_with_input(BenchmarkId::from_parameter(fields), &source, |bencher, source| {
            bencher.iter(|| run(source));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(2));
    targets = handlers, modules, fields
}
criterion_main!(benches);
