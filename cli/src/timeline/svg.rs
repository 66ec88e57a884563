//! The picture as one SVG without script, font or link: a lane per function on a common time axis.

mod labels;
mod paint;

use std::fmt::Write;

use crate::text::{self, clean};

use self::{
    labels::{Cluster, Label, Reach, cluster, text_width},
    paint::{Anchor, Svg},
};
use super::{
    picture::{Panel, Picture},
    record::Millis,
    scale::{bytes, duration, ticks},
    session::{Invocation, Lane, Publish, Read},
};

pub use self::paint::escape;

const WIDTH: f64 = 1200.0;
const MARGIN: f64 = 32.0;
const BAR: f64 = 20.0;
/// From the end of one lane's labels to the next lane's: arrows run here.
const GAP: f64 = 18.0;
/// Height in which an arrow gets from one moment to another, however far its reader's lane is.
const LONGEST_BEND: f64 = 40.0;
const LABEL_ROW: f64 = 14.0;
/// Straight above a bar, so that an arrow is seen to arrive.
const ARROW_HEAD: f64 = 10.0;
const PUBLISH_ROWS: usize = 3;
/// Between two ticks of the axis at least.
const TICK_DISTANCE: f64 = 90.0;
/// Marks nearer than this share one dot and one label.
const DOT_DISTANCE: f64 = 8.0;
const LONGEST_NAME: f64 = 190.0;

const TITLE: f64 = 20.0;
const NAME: f64 = 13.0;
const SMALL: f64 = 11.0;

/// Where each moment is drawn.
struct Plot {
    left: f64,
    right: f64,
    span: Millis,
}

impl Plot {
    fn at(&self, moment: Millis) -> f64 {
        let share = if self.span > 0.0 { (moment / self.span).clamp(0.0, 1.0) } else { 0.0 };
        self.left + share * (self.right - self.left)
    }

    fn shows(&self, from: Millis, to: Millis) -> bool {
        self.at(to) - self.at(from) >= 1.0
    }
}

/// A lane with a place for everything on it.
struct Placed<'a> {
    lane: &'a Lane,
    publishes: Vec<(Cluster<'a, Publish>, Option<Label>)>,
    reads: Vec<(Cluster<'a, Read>, Option<Label>)>,
    /// Above the names over its bar.
    label_top: f64,
    bar_top: f64,
    /// Below its lowest label.
    bottom: f64,
}

impl Placed<'_> {
    fn bar_middle(&self) -> f64 {
        self.bar_top + BAR / 2.0
    }

    fn bar_bottom(&self) -> f64 {
        self.bar_top + BAR
    }
}

pub fn draw(picture: &Picture<'_>) -> String {
    let panels = picture.panels();
    let lanes = || panels.iter().flat_map(|panel| &panel.session.lanes);
    let names = lanes()
        .map(|lane| text_width(&clean(&lane.function), NAME).max(text_width(&below_name(lane), SMALL)))
        .fold(60.0, f64::max)
        .min(LONGEST_NAME);
    let plot = Plot { left: MARGIN + names + 20.0, right: WIDTH - MARGIN - 8.0, span: picture.span() };

    let mut svg = Svg::default();
    let mut y = heading(&mut svg, picture);
    for panel in &panels {
        y = draw_panel(&mut svg, panel, &plot, y);
    }
    y = legend(&mut svg, &panels, &plot, y + 18.0);
    svg.finish(WIDTH, y + 16.0, &format!("{}: {}", picture.title(), picture.totals()), &picture.facts().join(", "))
}

/// Draws the title; answers where the next thing begins.
fn heading(svg: &mut Svg, picture: &Picture<'_>) -> f64 {
    let totals = picture.totals();
    let room = WIDTH - 2.0 * MARGIN - text_width(&totals, TITLE) - 20.0;
    let title = text::fit(picture.title(), room, |c| text_width(c.encode_utf8(&mut [0; 4]), TITLE) * 1.06);
    svg.text(MARGIN, 44.0, "title", Anchor::Start, &format!("{title}: {totals}"));
    let mut line = String::new();
    let mut y = 66.0;
    for fact in picture.facts() {
        if !line.is_empty() && text_width(&line, NAME) + text_width(&fact, NAME) > WIDTH - 2.0 * MARGIN - 20.0 {
            svg.text(MARGIN, y, "note", Anchor::Start, &std::mem::take(&mut line));
            y += 18.0;
        }
        let _ = write!(line, "{}{fact}", if line.is_empty() { "" } else { "  ·  " });
    }
    svg.text(MARGIN, y, "note", Anchor::Start, &line);
    y + 12.0
}

fn draw_panel(svg: &mut Svg, panel: &Panel<'_>, plot: &Plot, top: f64) -> f64 {
    let mut y = top + 14.0;
    if let Some(heading) = &panel.heading {
        y += 16.0;
        svg.text(MARGIN, y, "panel", Anchor::Start, heading);
        y += 4.0;
    }
    let lanes_top = y;
    let mut placed = Vec::new();
    for lane in &panel.session.lanes {
        let lane = place(lane, plot, y);
        y = lane.bottom;
        placed.push(lane);
    }
    let axis = y + 4.0;
    draw_grid(svg, plot, lanes_top, axis);
    // Lines first: bars and names lie over them.
    for lane in &placed {
        draw_leaders(svg, lane);
        draw_reads_from(svg, lane, &placed, plot);
    }
    for lane in &placed {
        draw_invocations(svg, lane, &placed, plot);
    }
    for lane in &placed {
        draw_lane(svg, lane, plot);
    }
    axis + 20.0
}

fn place<'a>(lane: &'a Lane, plot: &Plot, top: f64) -> Placed<'a> {
    let reads = cluster(&lane.reads, DOT_DISTANCE, |read| plot.at(read.answered));
    let publishes = cluster(&lane.published, DOT_DISTANCE, |field| plot.at(field.at));
    let right = WIDTH - 8.0;
    let mut read_labels = labels::place(&reads, Reach::NextMark, right, |read| clean(&read.field));
    if read_labels.iter().any(Option::is_none) {
        // The arrows name them at their other end; some names without the others would puzzle.
        for (cluster, label) in reads.iter().zip(&mut read_labels) {
            *label = label.take().filter(|_| cluster.items.iter().any(|read| read.error.is_some()));
        }
    }
    let publish_labels = labels::place(&publishes, Reach::Rows(PUBLISH_ROWS), right, |field| clean(&field.field));

    let rows = |labels: &[Option<Label>]| labels.iter().flatten().map(|label| label.row + 1).max();
    let heads = if reads.is_empty() { 0.0 } else { ARROW_HEAD };
    let above = rows(&read_labels).map_or(heads, row_height);
    let below = rows(&publish_labels).map_or(0.0, |rows| row_height(rows) + 2.0);
    let bar_top = top + GAP + above;
    // The name has two lines, the bar at their height.
    let bottom = bar_top + BAR + f64::max(below, 8.0);
    Placed {
        lane,
        publishes: publishes.into_iter().zip(publish_labels).collect(),
        reads: reads.into_iter().zip(read_labels).collect(),
        label_top: top + GAP,
        bar_top,
        bottom,
    }
}

fn row_height(rows: usize) -> f64 {
    LABEL_ROW * u32::try_from(rows).map_or(0.0, f64::from)
}

fn draw_grid(svg: &mut Svg, plot: &Plot, top: f64, axis: f64) {
    svg.line((plot.left, axis), (plot.right, axis), "axis");
    for tick in ticks(plot.span, (plot.right - plot.left) / TICK_DISTANCE) {
        let x = plot.at(tick.at);
        svg.line((x, top), (x, axis + 4.0), "grid");
        svg.text(x, axis + 17.0, "tick", Anchor::Middle, &tick.label);
    }
}

/// Thin arrows from where a field was published to where this lane's handler got it.
fn draw_reads_from(svg: &mut Svg, reader: &Placed<'_>, lanes: &[Placed<'_>], plot: &Plot) {
    for read in &reader.lane.reads {
        let Some((source, field)) = read.from else { continue };
        let source = &lanes[source];
        let from = plot.at(source.lane.published[field].at);
        let to = plot.at(read.answered);
        let (y0, y1) = (source.bar_bottom(), reader.bar_top - 1.0);
        let path = if reader.label_top - source.bottom >= GAP {
            // Straight past the names of both lanes, bent in the free strip between them.
            let (leave, arrive) = (source.bottom, f64::min(reader.label_top, source.bottom + LONGEST_BEND));
            let middle = f64::midpoint(leave, arrive);
            format!(
                "M{from:.1} {y0:.1}V{leave:.1}C{from:.1} {middle:.1} {to:.1} {middle:.1} {to:.1} {arrive:.1}V{y1:.1}"
            )
        } else {
            format!("M{from:.1} {y0:.1}L{to:.1} {y1:.1}")
        };
        svg.arrow(&path, "read", &format!("{} → {}: {}", name(source), name(reader), clean(&read.field)));
    }
}

fn draw_invocations(svg: &mut Svg, lane: &Placed<'_>, lanes: &[Placed<'_>], plot: &Plot) {
    for invocation in &lane.lane.invocations {
        let Some(started) = invocation.started.map(|started| &lanes[started]) else { continue };
        let (from, to) = (plot.at(invocation.at), plot.at(started.lane.start));
        let y0 = lane.bar_bottom();
        let path = if to - from > 14.0 && started.bar_top > lane.bar_top {
            let y1 = started.bar_middle();
            format!("M{from:.1} {y0:.1}V{:.1}Q{from:.1} {y1:.1} {:.1} {y1:.1}H{:.1}", y1 - 6.0, from + 6.0, to - 1.0)
        } else {
            format!("M{from:.1} {y0:.1}L{to:.1} {:.1}", started.bar_top - 1.0)
        };
        svg.arrow(&path, "invoke", &invoked(lane.lane, invocation));
    }
}

/// Lines from the marks to names in lower rows.
fn draw_leaders(svg: &mut Svg, placed: &Placed<'_>) {
    for (fields, label) in &placed.publishes {
        if let Some(label) = label.as_ref().filter(|label| label.row > 0) {
            let y = placed.bar_bottom();
            svg.line((fields.x, y), (fields.x, y + 10.0 + row_height(label.row)), "leader");
        }
    }
}

fn draw_lane(svg: &mut Svg, placed: &Placed<'_>, plot: &Plot) {
    let lane = placed.lane;
    let measure = |size: f64| move |c: char| text_width(c.encode_utf8(&mut [0; 4]), size);
    let shown = text::fit(&name(placed), LONGEST_NAME, measure(NAME));
    svg.text_with_title(MARGIN, placed.bar_top + 9.0, "name", &shown, &about(lane));
    svg.text(MARGIN, placed.bar_top + 23.0, "below", Anchor::Start, &below_name(lane));

    let (left, right) = (plot.at(lane.start), plot.at(lane.end));
    let bar_width = (right - left).max(2.0);
    svg.bar(left, placed.bar_top, bar_width, BAR, if lane.raised { "bar raised" } else { "bar" }, &about(lane));
    for (from, to) in lane.waits() {
        if plot.shows(from, to) {
            let (left, right) = (plot.at(from), plot.at(to));
            svg.bar(left, placed.bar_top, right - left, BAR, "wait", &waited(lane, from, to));
        }
    }
    if lane.raised {
        let inside = right + 60.0 > WIDTH;
        let (x, anchor) = if inside { (right - 6.0, Anchor::End) } else { (right + 6.0, Anchor::Start) };
        svg.text(x, placed.bar_middle() + 4.0, "failure", anchor, "raised");
    }
    for (reads, label) in &placed.reads {
        let failed = reads.items.iter().find_map(|read| read.error.as_ref());
        let titles = reads.items.iter().map(|read| about_read(read)).collect::<Vec<_>>().join("\n");
        if failed.is_some() {
            svg.cross(reads.x, placed.bar_top, &titles);
        }
        if let Some(label) = label {
            let class = if failed.is_some() { "failure" } else { "got" };
            svg.label(label, placed.bar_top - 5.0, class, &titles);
        }
    }
    for (fields, label) in &placed.publishes {
        let titles = fields.items.iter().map(|field| about_publish(field)).collect::<Vec<_>>().join("\n");
        svg.dot(fields.x, placed.bar_bottom(), "dot", &titles);
        if let Some(label) = label {
            let y = placed.bar_bottom() + 13.0 + row_height(label.row);
            svg.label(label, y, "published", &titles);
        }
    }
    // Otherwise the arrow shows it.
    for invocation in lane.invocations.iter().filter(|invocation| invocation.started.is_none()) {
        svg.triangle(plot.at(invocation.at), placed.bar_middle(), &invoked(lane, invocation));
    }
}

fn name(placed: &Placed<'_>) -> String {
    clean(&placed.lane.function)
}

fn below_name(lane: &Lane) -> String {
    match lane.waited() {
        waited if waited >= lane.took() / 100.0 && waited > 0.0 => {
            format!("{}, {} waiting", duration(lane.took()), duration(waited))
        }
        _ => duration(lane.took()),
    }
}

fn about(lane: &Lane) -> String {
    let written = if lane.streaming { "" } else { ", runs as written" };
    format!(
        "{}: {} to {}{written}\nrequest {}",
        clean(&lane.function),
        duration(lane.start),
        duration(lane.end),
        clean(&lane.request_id)
    )
}

fn waited(lane: &Lane, from: Millis, to: Millis) -> String {
    let reads = lane.reads.iter().filter(|read| read.asked >= from && read.answered <= to);
    reads.map(about_read).collect::<Vec<_>>().join("\n")
}

fn about_read(read: &Read) -> String {
    let waited = duration(read.answered - read.asked);
    match &read.error {
        None => format!("{}: read at {}, waited {waited}", clean(&read.field), duration(read.asked)),
        Some(error) => format!("{}: not there after {waited}: {}", clean(&read.field), clean(error)),
    }
}

fn about_publish(field: &Publish) -> String {
    let way = match field.stored {
        _ if field.inline => "in the event for next".to_owned(),
        Some(stored) => format!("stored after {}", duration(stored - field.at)),
        None => "not stored".to_owned(),
    };
    let late = if field.early { "" } else { " (at the return)" };
    format!("{}: published at {}{late}, {}, {way}", clean(&field.field), duration(field.at), bytes(field.bytes))
}

fn invoked(lane: &Lane, invocation: &Invocation) -> String {
    let early = if invocation.early { " early" } else { "" };
    format!(
        "{} invokes {}{early} at {} with {}",
        clean(&lane.function),
        clean(&invocation.function),
        duration(invocation.at),
        bytes(invocation.bytes)
    )
}

/// Only what the picture shows.
fn legend(svg: &mut Svg, panels: &[Panel<'_>], plot: &Plot, top: f64) -> f64 {
    let lanes = || panels.iter().flat_map(|panel: &Panel<'_>| &panel.session.lanes);
    let reads = || lanes().flat_map(|lane| &lane.reads);
    let all: [(bool, &str, &str); 7] = [
        (true, "bar", "handler runs"),
        (
            lanes().any(|lane| lane.waits().into_iter().any(|(from, to)| plot.shows(from, to))),
            "wait",
            "waits for a field",
        ),
        (lanes().any(|lane| !lane.published.is_empty()), "dot", "publishes a field"),
        (reads().any(|read| read.from.is_some()), "read", "the field reaches its reader"),
        (lanes().any(|lane| !lane.invocations.is_empty()), "invoke", "invokes next"),
        (lanes().any(|lane| lane.raised), "bar raised", "raised"),
        (reads().any(|read| read.error.is_some()), "cross", "the field never came"),
    ];
    let (mut x, y) = (MARGIN, top + 6.0);
    for (_, mark, meaning) in all.into_iter().filter(|(shown, ..)| *shown) {
        match mark {
            "dot" => svg.dot(x + 6.0, y - 4.0, "dot", meaning),
            "cross" => svg.cross(x + 6.0, y - 4.0, meaning),
            "read" | "invoke" => svg.arrow(&format!("M{x:.1} {:.1}H{:.1}", y - 4.0, x + 22.0), mark, meaning),
            class => svg.bar(x, y - 10.0, 22.0, 12.0, class, meaning),
        }
        let after = x + if matches!(mark, "dot" | "cross") { 16.0 } else { 28.0 };
        svg.text(after, y, "legend", Anchor::Start, meaning);
        x = after + text_width(meaning, 12.0) + 24.0;
    }
    y
}
