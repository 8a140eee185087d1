//! Whether a JSON value is what a JSON Schema says. Of draft 2020-12 it knows the keywords that our schemas use, and fails at any other,
//! so that none is passed over.

use std::path::Path;

use serde_json::Value;

/// A schema of this repository.
pub struct Schema(Value);

/// Keywords that say something to people alone.
const ANNOTATIONS: [&str; 6] = ["$schema", "$id", "$defs", "title", "description", "examples"];

impl Schema {
    /// The schema with this file name.
    pub fn load(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// Everything in which the value is not what the schema says.
    pub fn violations(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(&self.0, value, "$", &mut found);
        found
    }

    /// Asserts that there is none.
    #[track_caller]
    pub fn assert_describes(&self, value: &Value) {
        let violations = self.violations(value);
        assert!(violations.is_empty(), "{violations:#?}\nin {value:#}");
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let keywords = schema
            .as_object()
            .unwrap_or_else(|| panic!("{place}: {schema} is no schema"));
        for (keyword, rule) in keywords {
            let mut fail = |why: String| found.push(format!("{place}: {why}"));
            match keyword.as_str() {
                known if ANNOTATIONS.contains(&known) => {}
                "$ref" => {
                    let pointer = rule
                        .as_str()
                        .and_then(|rule| rule.strip_prefix('#'))
                        .expect("a local reference");
                    let target = self
                        .0
                        .pointer(pointer)
                        .unwrap_or_else(|| panic!("{pointer} is not there"));
                    self.check(target, value, place, found);
                }
                "type" if !has_type(rule, value) => fail(format!("{value} is no {rule}")),
                "const" if rule != value => fail(format!("{value} is not {rule}")),
                "enum" if !rule.as_array().expect("an array").contains(value) => {
                    fail(format!("{value} is none of {rule}"));
                }
                "anyOf" => {
                    let fits = |schema: &Value| {
                        let mut found = Vec::new();
                        self.check(schema, value, place, &mut found);
                        found.is_empty()
                    };
                    if !rule.as_array().expect("an array").iter().any(fits) {
                        fail("is none of the alternatives".into());
                    }
                }
                "required" => {
                    for name in rule.as_array().expect("an array") {
                        let name = name.as_str().expect("a name");
                        if value.is_object() && value.get(name).is_none() {
                            fail(format!("{name} is missing"));
                        }
                    }
                }
                "minLength" | "maxLength" => {
                    let length = value.as_str().map_or(0, |text| text.chars().count() as u64);
                    let limit = rule.as_u64().expect("a number");
                    if (keyword == "minLength" && length < limit)
                        || (keyword == "maxLength" && length > limit)
                    {
                        fail(format!("has {length} characters"));
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{place}[{index}]"), found);
                    }
                }
                "properties" => {
                    for (name, rule) in rule.as_object().expect("an object") {
                        if let Some(value) = value.get(name) {
                            self.check(rule, value, &format!("{place}.{name}"), found);
                        }
                    }
                }
                "additionalProperties" => {
                    let known = |name: &str| {
                        schema
                            .get("properties")
                            .is_some_and(|known| known.get(name).is_some())
                    };
                    for (name, value) in value.as_object().into_iter().flatten() {
                        match rule {
                            _ if known(name) => {}
                            Value::Bool(false) => found.push(format!("{place}: {name} is not described")),
                            rule => self.check(rule, value, &format!("{place}.{name}"), found),
                        }
                    }
                }
                "type" | "const" | "enum" => {}
                other => panic!("{place}: the keyword {other} is unknown here"),
            }
        }
    }
}

fn has_type(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Array(several) => several.iter().any(|rule| has_type(rule, value)),
        Value::String(name) => match name.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the type {other} is unknown here"),
        },
        other => panic!("{other} is no type"),
    }
}
