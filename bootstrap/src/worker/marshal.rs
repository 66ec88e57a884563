//! Values as Python's `marshal` writes them in version 0 of its format, which every Python reads alike: the worker takes its
//! settings before it has anything that reads JSON.

use serde_json::Value;

/// Null, booleans, integers of 32 bits, strings, arrays and objects of these; None for anything else.
pub fn dumps(value: &Value) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    put(value, &mut out)?;
    Some(out)
}

fn put(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => out.push(b'N'),
        Value::Bool(true) => out.push(b'T'),
        Value::Bool(false) => out.push(b'F'),
        Value::Number(number) => {
            out.push(b'i');
            out.extend(i32::try_from(number.as_i64()?).ok()?.to_le_bytes());
        }
        Value::String(text) => {
            out.push(b'u');
            put_length(text.len(), out)?;
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            out.push(b'[');
            put_length(items.len(), out)?;
            items.iter().try_for_each(|item| put(item, out))?;
        }
        Value::Object(members) => {
            out.push(b'{');
            for (name, member) in members {
                out.push(b'u');
                put_length(name.len(), out)?;
                out.extend(name.as_bytes());
                put(member, out)?;
            }
            out.push(b'0');
        }
    }
    Some(())
}

fn put_length(length: usize, out: &mut Vec<u8>) -> Option<()> {
    out.extend(i32::try_from(length).ok()?.to_le_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use serde_json::json;

    use super::*;

    #[test]
    fn python_reads_the_same_value() {
        let value = json!({
            "null": null, "true": true, "false": false, "zero": 0, "negative": -70_000, "large": i32::MAX,
            "text": "é \u{1f600} \u{0} \"quoted\" \n", "": [], "nested": {"rows": [["a", ["x", "y"]], {}]},
        });
        let mut python = Command::new("python3")
            .args(["-c", "import json, marshal, sys; print(json.dumps(marshal.loads(sys.stdin.buffer.read())))"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        python.stdin.take().unwrap().write_all(&dumps(&value).unwrap()).unwrap();
        let read = python.wait_with_output().unwrap().stdout;
        assert_eq!(serde_json::from_slice::<Value>(&read).unwrap(), value);
    }

    #[test]
    fn what_it_has_no_form_for_is_refused() {
        for value in [json!(1.5), json!(i64::MAX), json!([{"deep": 0.1}])] {
            assert_eq!(dumps(&value), None);
        }
    }
}
