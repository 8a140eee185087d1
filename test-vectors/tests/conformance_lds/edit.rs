//! Changing files: bytes in place, or data objects with the lengths around them.

use test_vectors::conformance::lds::{File, Files};
use test_vectors::naive::{object, objects};

/// Data objects one behind the other, each as it is encoded.
pub fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    objects(bytes)
        .into_iter()
        .map(|(tag, value)| object(tag, value))
        .collect()
}

/// Changes the data object at this path, counted from the outermost, and writes the lengths around it anew.
pub fn edit(bytes: &[u8], path: &[usize], change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let Some((first, rest)) = path.split_first() else {
        return change(bytes);
    };
    let (tag, value) = objects(bytes)[0];
    let mut parts = split(value);
    parts[*first] = edit(&parts[*first], rest, change);
    object(tag, &parts.concat())
}

/// The data object at this path.
pub fn at(bytes: &[u8], path: &[usize]) -> Vec<u8> {
    let mut found = bytes.to_vec();
    for place in path {
        found = split(objects(&found)[0].1)[*place].clone();
    }
    found
}

/// Changes a file.
pub fn with(files: &mut Files, file: File, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = files.get(file).expect("the file of the base").to_vec();
    change(&mut content);
    files.put(file, content);
}

/// Puts bytes in the place of as many others, given in hexadecimal: of the first that are these.
pub fn patch(files: &mut Files, file: File, these: &str, others: &str) {
    let (these, others) = (hex::decode(these).unwrap(), hex::decode(others).unwrap());
    assert_eq!(these.len(), others.len());
    with(files, file, |content| {
        let at = content.windows(these.len()).position(|window| window == these);
        let at = at.unwrap_or_else(|| panic!("{} has no {}", file.name(), hex::encode(&these)));
        content[at..at + others.len()].copy_from_slice(&others);
    });
}

/// Puts a byte behind the file's end.
pub fn append(files: &mut Files, file: File, byte: u8) {
    with(files, file, |content| content.push(byte));
}

/// Puts data objects behind those inside the file's own tag.
pub fn append_inside(files: &mut Files, file: File, more: &str) {
    let more = hex::decode(more).unwrap();
    with(files, file, |content| {
        let (tag, value) = objects(content)[0];
        *content = object(tag, &[value, &more].concat());
    });
}
