//! One form for JSON that says the same: members in the order of their names, no white space, nothing that is null (as RFC 8785, for
//! documents of strings, lists, objects and whole numbers).

use serde_json::Value;
use zeroize::Zeroizing;

use super::ApplicationError;

/// A citizen record's form. A comment is for the people who keep the file, and is no part of it.
pub(super) fn record(text: &str) -> Result<Zeroizing<String>, ApplicationError> {
    let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
        return Err(ApplicationError::Malformed);
    };
    members.remove("comment");
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    write(&Value::Object(members), &mut out);
    Ok(out)
}

/// Any document's form; `None` for what is no JSON.
pub(super) fn json(text: &str) -> Option<Zeroizing<String>> {
    let value = serde_json::from_str::<Value>(text).ok()?;
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    write(&value, &mut out);
    Some(out)
}

/// serde_json bounds the depth of what it reads, and so of what comes here.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_has_one_form() {
        let one =
            record(" {\"b\": \"x\\u0041\", \"comment\":\"me\",\n\"a\":[{\"d\":\"1\",\"c\":2}], \"n\":null}")
                .unwrap();
        assert_eq!(*one, "{\"a\":[{\"c\":2,\"d\":\"1\"}],\"b\":\"xA\"}");
        assert_eq!(*record(&one).unwrap(), *one);
        assert!(record("[]").is_err());
        assert_eq!(json("{").as_deref(), None);
    }
}
