//! Shapes and text as SVG; the only place that writes markup.

use std::fmt::Write;

use super::labels::Label;

const STYLE: &str = "
text{font-family:Inter,'Segoe UI','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif;fill:#1f2733}
.title{font-size:20px;font-weight:600}
.note,.panel{font-size:13px}
.note,.legend,.below,.tick{fill:#5c6675}
.panel{font-weight:600}
.name{font-size:13px}
.below,.tick,.published,.got,.failure{font-size:11px}
.legend{font-size:12px}
.published,.got,.failure{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.published{fill:#174a9c}
.got{fill:#1f7a4d}
.failure{fill:#b3261e}
.axis{stroke:#aab2bf}
.grid{stroke:#e9ecf1}
.leader{stroke:#174a9c;stroke-opacity:.35}
.bar{fill:#c7dafa;stroke:#6c96dc}
.bar.raised{fill:#fbd5d1;stroke:#d0574c}
.wait{fill:url(#unum-wait);stroke:#d9a441}
.dot{fill:#fff;stroke:#174a9c;stroke-width:2}
.read{fill:none;stroke:#2f9e69;stroke-opacity:.75}
.invoke{fill:none;stroke:#7a3fb8;stroke-width:1.6}
.start{fill:#7a3fb8}
.cross{stroke:#b3261e;stroke-width:2;fill:none}
";

const DEFINITIONS: &str = r##"<defs>
<pattern id="unum-wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#fff8e8"/><rect width="2" height="6" fill="#edc36a"/></pattern>
<marker id="unum-read" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8L8 4L0 7.2z" fill="#2f9e69"/></marker>
<marker id="unum-invoke" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8L8 4L0 7.2z" fill="#7a3fb8"/></marker>
</defs>
"##;

#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Default)]
pub struct Svg {
    body: String,
}

impl Svg {
    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    pub fn text(&mut self, x: f64, y: f64, class: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.push(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\"{anchor}>{}</text>", escape(text)));
    }

    pub fn text_with_title(&mut self, x: f64, y: f64, class: &str, text: &str, title: &str) {
        let (text, title) = (escape(text), titled(title));
        self.push(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{title}{text}</text>"));
    }

    pub fn label(&mut self, label: &Label, y: f64, class: &str, title: &str) {
        self.text_with_title(label.x, y, class, &label.text, title);
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(&format!("<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>"));
    }

    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str, title: &str) {
        let round = if class == "wait" { 0.0 } else { f64::min(3.0, width / 2.0) };
        let title = titled(title);
        self.push(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round:.1}\" class=\"{class}\">{title}</rect>"
        ));
    }

    pub fn dot(&mut self, x: f64, y: f64, class: &str, title: &str) {
        let title = titled(title);
        self.push(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" class=\"{class}\">{title}</circle>"));
    }

    pub fn triangle(&mut self, x: f64, y: f64, title: &str) {
        let (left, right, top, bottom, title) = (x - 1.0, x + 7.0, y - 5.0, y + 5.0, titled(title));
        self.push(&format!(
            "<path d=\"M{left:.1} {top:.1}L{right:.1} {y:.1}L{left:.1} {bottom:.1}z\" class=\"start\">{title}</path>"
        ));
    }

    pub fn cross(&mut self, x: f64, y: f64, title: &str) {
        let (left, right, top, bottom, title) = (x - 4.0, x + 4.0, y - 4.0, y + 4.0, titled(title));
        self.push(&format!(
            "<path d=\"M{left:.1} {top:.1}L{right:.1} {bottom:.1}M{left:.1} {bottom:.1}L{right:.1} {top:.1}\" class=\"cross\">{title}</path>"
        ));
    }

    /// `class` names the arrow head too.
    pub fn arrow(&mut self, path: &str, class: &str, title: &str) {
        let title = titled(title);
        self.push(&format!("<path d=\"{path}\" class=\"{class}\" marker-end=\"url(#unum-{class})\">{title}</path>"));
    }

    pub fn finish(self, width: f64, height: f64, title: &str, description: &str) -> String {
        let (title, description, body) = (escape(title), escape(description), self.body);
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{title}</title>\n<desc>{description}</desc>\n\
             <style>{STYLE}</style>\n{DEFINITIONS}<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
        );
        svg
    }
}

fn titled(title: &str) -> String {
    format!("<title>{}</title>", escape(title))
}

/// Text as XML 1.0 can hold it, inside an element or an attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escapes_markup_and_what_xml_cannot_hold() {
        assert_eq!(escape("<a href=\"x\">&'\u{0}"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\u{fffd}");
    }
}
