//! The picture as text: a few lines per function on a common time axis, then a table.

use crate::text::{self, clean, columns};

use super::{
    picture::{Panel, Picture},
    record::Millis,
    scale::{duration, ticks},
    session::{Lane, Session},
};

/// Columns between two ticks of the axis at least.
const TICK_DISTANCE: f64 = 11.0;
const LONGEST_NAME: usize = 24;
/// Columns below which what is left of a longer name tells nobody anything.
const RECOGNISABLE: usize = 4;
const WAIT: char = '░';

pub struct Terminal {
    pub width: usize,
    pub color: bool,
    pub ascii: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Strong,
    Faint,
    Bar,
    Publish,
    Invoke,
    Wait,
    Read,
    Failure,
}

impl Style {
    /// Parameters of the terminal's "select graphic rendition".
    fn sgr(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Bar => Some("34"),
            Self::Publish => Some("1;36"),
            Self::Invoke => Some("1;35"),
            Self::Wait => Some("33"),
            Self::Read => Some("32"),
            Self::Failure => Some("1;31"),
        }
    }
}

/// Where each moment is drawn.
struct Plot {
    left: usize,
    columns: usize,
    span: Millis,
}

impl Plot {
    fn at(&self, moment: Millis) -> usize {
        let last = self.columns - 1;
        if self.span <= 0.0 {
            return self.left;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column of a terminal at most a thousand wide"
        )]
        let column = (moment / self.span * last as f64).round().max(0.0) as usize;
        self.left + column.min(last)
    }
}

impl Terminal {
    pub fn draw(&self, picture: &Picture<'_>) -> String {
        let panels = picture.panels();
        let lanes = || panels.iter().flat_map(|panel| &panel.session.lanes);
        let longest = lanes().map(|lane| text::width(&clean(&lane.function))).max().unwrap_or(0);
        let names = longest.min(LONGEST_NAME).min(self.width / 4);
        let plot = Plot { left: names + 2, columns: self.width - names - 2, span: picture.span() };

        let mut page = Page { terminal: self, text: String::new() };
        page.heading(picture);
        for panel in &panels {
            page.panel(panel, &plot);
        }
        page.legend(&panels, &plot);
        page.table(&panels);
        page.text
    }
}

/// One line of cells, so that nothing can be drawn beyond the width.
struct Line {
    /// `None` is the second half of a wide character.
    cells: Vec<(Option<char>, Style)>,
}

impl Line {
    fn new(width: usize) -> Self {
        Self { cells: vec![(Some(' '), Style::Plain); width] }
    }

    fn put(&mut self, column: usize, c: char, style: Style) {
        let wide = columns(c) == 2;
        if column + usize::from(wide) >= self.cells.len() {
            return;
        }
        self.cells[column] = (Some(c), style);
        if wide {
            self.cells[column + 1] = (None, style);
        }
    }

    fn fill(&mut self, from: usize, to: usize, c: char, style: Style) {
        for column in from..=to {
            self.put(column, c, style);
        }
    }

    /// Writes `text`, cut to `room` columns; answers the column after it.
    fn write(&mut self, mut column: usize, text: &str, room: usize, style: Style) -> usize {
        for c in text::fit_columns(text, room).chars() {
            self.put(column, c, style);
            column += columns(c);
        }
        column
    }

    /// Blank columns from `column` on.
    fn room(&self, column: usize) -> usize {
        self.cells.iter().skip(column).take_while(|(c, _)| *c == Some(' ')).count()
    }

    /// Writes a name right of its mark at `column`, if there is room for something to recognise it by: on blanks, or
    /// else on the beginning of the wait that follows at once.
    fn label(&mut self, column: usize, name: &str, style: Style) {
        let wide = text::width(name);
        let enough = wide.min(RECOGNISABLE);
        let blank = self.room(column);
        let free = self.cells.iter().skip(column).take_while(|(c, _)| matches!(c, Some(' ' | WAIT))).count();
        let room = match blank {
            _ if blank >= wide => blank,
            _ if blank > enough => blank - 1,
            _ if free > blank => free.saturating_sub(2),
            _ => 0,
        };
        if room >= enough {
            self.write(column, name, room, style);
        }
    }
}

struct Page<'a> {
    terminal: &'a Terminal,
    text: String,
}

impl Page<'_> {
    fn line(&self) -> Line {
        Line::new(self.terminal.width)
    }

    fn push(&mut self, line: &Line) {
        let used = line.cells.iter().rposition(|(c, _)| *c != Some(' ')).map_or(0, |last| last + 1);
        let mut current = Style::Plain;
        for (c, style) in &line.cells[..used] {
            let Some(c) = *c else { continue };
            // A blank looks the same in every style.
            if self.terminal.color && *style != current && c != ' ' {
                self.text.push_str("\u{1b}[0m");
                if let Some(sgr) = style.sgr() {
                    self.text.extend(["\u{1b}[", sgr, "m"]);
                }
                current = *style;
            }
            if self.terminal.ascii {
                self.text.extend(std::iter::repeat_n(ascii(c), columns(c)));
            } else {
                self.text.push(c);
            }
        }
        if current != Style::Plain {
            self.text.push_str("\u{1b}[0m");
        }
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn heading(&mut self, picture: &Picture<'_>) {
        let totals = picture.totals();
        let room = self.terminal.width.saturating_sub(text::width(&totals) + 2);
        let mut line = self.line();
        let after = line.write(0, picture.title(), room, Style::Strong);
        let after = line.write(after, ": ", 2, Style::Strong);
        line.write(after, &totals, self.terminal.width - after, Style::Strong);
        self.push(&line);
        let facts = picture.facts().into_iter().map(|fact| vec![(fact, Style::Faint)]).collect::<Vec<_>>();
        self.flow(&facts, " · ");
    }

    /// Items side by side, on as many lines as they need.
    fn flow(&mut self, items: &[Vec<(String, Style)>], between: &str) {
        let mut line = self.line();
        let mut column = 0;
        for item in items {
            let wide = item.iter().map(|(text, _)| text::width(text)).sum::<usize>();
            if column > 0 && column + text::width(between) + wide > self.terminal.width {
                self.push(&line);
                (line, column) = (self.line(), 0);
            }
            if column > 0 {
                column = line.write(column, between, between.len(), Style::Faint);
            }
            for (text, style) in item {
                column = line.write(column, text, self.terminal.width.saturating_sub(column), *style);
            }
        }
        self.push(&line);
    }

    fn panel(&mut self, panel: &Panel<'_>, plot: &Plot) {
        self.blank();
        if let Some(heading) = &panel.heading {
            let mut line = self.line();
            line.write(0, heading, self.terminal.width, Style::Strong);
            self.push(&line);
        }
        for lane in &panel.session.lanes {
            self.bar(lane, plot);
            if !lane.published.is_empty() {
                self.publishes(lane, plot);
            }
            if !lane.reads.is_empty() {
                self.reads(lane, plot);
            }
        }
        self.axis(plot);
    }

    fn bar(&mut self, lane: &Lane, plot: &Plot) {
        let mut row = self.line();
        row.write(0, &clean(&lane.function), plot.left - 2, Style::Plain);
        let (start, end) = (plot.at(lane.start), plot.at(lane.end));
        row.fill(start, end, '━', Style::Bar);
        row.put(end, '┫', Style::Bar);
        row.put(start, if start == end { '┃' } else { '┣' }, Style::Bar);
        for field in &lane.published {
            row.put(plot.at(field.at), '●', Style::Publish);
        }
        for invocation in &lane.invocations {
            row.put(plot.at(invocation.at), '▶', Style::Invoke);
        }
        if lane.raised {
            row.put(end, '✗', Style::Failure);
            row.label(end + 2, "raised", Style::Failure);
        }
        self.push(&row);
    }

    /// The fields' names under their marks, in a second row where one has no room for them.
    fn publishes(&mut self, lane: &Lane, plot: &Plot) {
        let mut marks: Vec<(usize, String)> = Vec::new();
        for field in &lane.published {
            let (column, name) = (plot.at(field.at), clean(&field.field));
            match marks.last_mut() {
                Some((at, names)) if *at == column => *names = format!("{names},{name}"),
                _ => marks.push((column, name)),
            }
        }
        let mut rows = [self.line(), self.line()];
        // The first column of each row that is free.
        let mut free = [0, 0];
        for (index, (column, names)) in marks.iter().enumerate() {
            let wide = text::width(names);
            let before = |mark: usize| marks.get(mark).map_or(self.terminal.width, |(next, _)| next - 1);
            // The last one may move left where the drawing ends.
            let over = (column + wide).saturating_sub(before(index + 1));
            let last = index + 1 == marks.len();
            let row = usize::from(free[0] > *column);
            let room_left = if last { (column - free[row].max(plot.left).min(*column)).min(over) } else { 0 };
            let column = column - room_left;
            // Under the next mark, whose name then goes to the other row; never under the one after it.
            let end = if column + wide <= before(index + 1) { before(index + 1) } else { before(index + 2) };
            let room = end.saturating_sub(column);
            if room >= wide.min(RECOGNISABLE) {
                free[row] = rows[row].write(column, names, room, Style::Publish) + 1;
            }
        }
        let [first, second] = rows;
        self.push(&first);
        if free[1] > 0 {
            self.push(&second);
        }
    }

    fn reads(&mut self, lane: &Lane, plot: &Plot) {
        let mut row = self.line();
        for (from, to) in lane.waits() {
            let (from, to) = (plot.at(from), plot.at(to));
            if from < to {
                row.fill(from, to - 1, WAIT, Style::Wait);
            }
        }
        let mut marks: Vec<(usize, String, bool)> = Vec::new();
        for read in &lane.reads {
            let (column, name) = (plot.at(read.answered), clean(&read.field));
            match marks.last_mut() {
                Some((at, names, failed)) if *at == column => {
                    *names = format!("{names},{name}");
                    *failed |= read.error.is_some();
                }
                _ => marks.push((column, name, read.error.is_some())),
            }
        }
        for (column, _, failed) in &marks {
            let (mark, style) = if *failed { ('✗', Style::Failure) } else { ('○', Style::Read) };
            row.put(*column, mark, style);
        }
        for (column, names, failed) in &marks {
            row.label(column + 1, names, if *failed { Style::Failure } else { Style::Read });
        }
        self.push(&row);
    }

    fn axis(&mut self, plot: &Plot) {
        let mut axis = self.line();
        let mut labels = self.line();
        axis.fill(plot.left, plot.left + plot.columns - 1, '─', Style::Faint);
        #[expect(clippy::cast_precision_loss, reason = "at most a thousand columns")]
        let most = (plot.columns as f64 / TICK_DISTANCE).max(1.0);
        for tick in ticks(plot.span, most) {
            let column = plot.at(tick.at);
            axis.put(column, if column == plot.left { '└' } else { '┴' }, Style::Faint);
            let label = column.min(self.terminal.width - text::width(&tick.label));
            if labels.room(label.saturating_sub(1)) > text::width(&tick.label) {
                labels.write(label, &tick.label, self.terminal.width, Style::Faint);
            }
        }
        self.push(&axis);
        self.push(&labels);
    }

    /// Only what the drawing shows.
    fn legend(&mut self, panels: &[Panel<'_>], plot: &Plot) {
        let lanes = || panels.iter().flat_map(|panel| &panel.session.lanes);
        let reads = || lanes().flat_map(|lane| &lane.reads);
        let waits = lanes().flat_map(Lane::waits).any(|(from, to)| plot.at(from) < plot.at(to));
        let items = [
            (true, "━", Style::Bar, "handler runs"),
            (lanes().any(|lane| !lane.published.is_empty()), "●", Style::Publish, "publishes a field"),
            (lanes().any(|lane| !lane.invocations.is_empty()), "▶", Style::Invoke, "invokes next"),
            (waits, "░", Style::Wait, "waits for a field"),
            (reads().any(|read| read.error.is_none()), "○", Style::Read, "has a field"),
            (lanes().any(|lane| lane.raised) || reads().any(|read| read.error.is_some()), "✗", Style::Failure, "fails"),
        ];
        let items = items
            .into_iter()
            .filter(|(shown, ..)| *shown)
            .map(|(_, mark, style, meaning)| vec![(mark.to_owned(), style), (format!(" {meaning}"), Style::Faint)])
            .collect::<Vec<_>>();
        self.blank();
        self.flow(&items, "   ");
    }

    fn table(&mut self, panels: &[Panel<'_>]) {
        const TITLES: [&str; 6] = ["start", "end", "took", "next at", "early", "waited"];
        let rows = panels.iter().map(|panel| rows(panel.session)).collect::<Vec<_>>();
        let values = || rows.iter().flatten().map(|row| &row.values);
        let mut widths = TITLES.map(str::len);
        for (index, width) in widths.iter_mut().enumerate() {
            *width = values().map(|values| text::width(&values[index])).fold(*width, usize::max);
        }
        let right = widths.iter().map(|width| width + 2).sum::<usize>();
        let longest = rows.iter().flatten().map(|row| text::width(&row.name) + 2 * usize::from(row.raised));
        let names = longest.max().unwrap_or(0).max("function".len()).min(self.terminal.width.saturating_sub(right));

        let write = |line: &mut Line, values: &[String], style: Style| {
            let mut column = names;
            for (value, width) in values.iter().zip(widths) {
                column += 2 + width;
                line.write(column - text::width(value), value, width, style);
            }
        };
        self.blank();
        let mut line = self.line();
        line.write(0, "function", names, Style::Faint);
        write(&mut line, &TITLES.map(str::to_owned), Style::Faint);
        self.push(&line);
        for (panel, rows) in panels.iter().zip(&rows) {
            if let Some(heading) = &panel.heading {
                let mut line = self.line();
                line.write(0, heading, self.terminal.width, Style::Faint);
                self.push(&line);
            }
            for row in rows {
                let mut line = self.line();
                let after = line.write(0, &row.name, names - 2 * usize::from(row.raised), Style::Plain);
                if row.raised {
                    line.put(after + 1, '✗', Style::Failure);
                }
                write(&mut line, &row.values, Style::Plain);
                self.push(&line);
            }
        }
    }
}

struct Row {
    name: String,
    raised: bool,
    values: [String; 6],
}

fn rows(session: &Session) -> Vec<Row> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    session
        .lanes
        .iter()
        .map(|lane| Row {
            name: clean(&lane.function),
            raised: lane.raised,
            values: [
                duration(lane.start),
                duration(lane.end),
                duration(lane.took()),
                or_dash(lane.invocations.first().map(|first| duration(first.at))),
                or_dash(
                    Some(lane.published.len())
                        .filter(|all| *all > 0)
                        .map(|all| format!("{}/{all}", lane.early_fields())),
                ),
                or_dash(Some(&lane.reads).filter(|reads| !reads.is_empty()).map(|_| duration(lane.waited()))),
            ],
        })
        .collect()
}

/// What stands for `c` where only ASCII can be shown.
fn ascii(c: char) -> char {
    match c {
        '━' => '=',
        '┣' => '[',
        '┫' => ']',
        '┃' => '|',
        '●' => 'o',
        '▶' => '>',
        '░' => '.',
        '○' => '^',
        '✗' => 'X',
        '└' | '┴' => '+',
        '─' | '–' | '·' => '-',
        '×' => 'x',
        text::ELLIPSIS => '~',
        _ if c.is_ascii() => c,
        _ => '?',
    }
}
