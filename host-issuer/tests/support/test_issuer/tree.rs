//! DER as a tree that can be edited: what is taken out or put in changes every length above it.

use super::der::tlv;

/// An element and what is in it.
#[derive(Clone)]
pub struct Node {
    tag: u32,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Bytes(Vec<u8>),
    Nodes(Vec<Node>),
}

impl Node {
    /// Reads one element with definite lengths.
    pub fn parse(bytes: &[u8]) -> Self {
        let (node, rest) = Self::split(bytes);
        assert!(rest.is_empty(), "one element");
        node
    }

    fn split(bytes: &[u8]) -> (Self, &[u8]) {
        let mut tag = u32::from(bytes[0]);
        let mut at = 1;
        if tag & 0x1F == 0x1F {
            tag = tag << 8 | u32::from(bytes[1]);
            at = 2;
        }
        let (length, at) = match bytes[at] {
            short @ 0..=0x7F => (usize::from(short), at + 1),
            0x81 => (usize::from(bytes[at + 1]), at + 2),
            _ => (
                usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]),
                at + 3,
            ),
        };
        let (body, rest) = bytes[at..].split_at(length);
        let body = if bytes[0] & 0x20 == 0 {
            Body::Bytes(body.to_vec())
        } else {
            let mut nodes = Vec::new();
            let mut body = body;
            while !body.is_empty() {
                let (node, rest) = Self::split(body);
                nodes.push(node);
                body = rest;
            }
            Body::Nodes(nodes)
        };
        (Self { tag, body }, rest)
    }

    /// The element as bytes.
    pub fn encode(&self) -> Vec<u8> {
        match &self.body {
            Body::Bytes(bytes) => tlv(self.tag, &[bytes]),
            Body::Nodes(nodes) => tlv(
                self.tag,
                &[&nodes.iter().flat_map(Self::encode).collect::<Vec<_>>()],
            ),
        }
    }

    /// The contents of a primitive element.
    pub fn contents(&self) -> &[u8] {
        match &self.body {
            Body::Bytes(bytes) => bytes,
            Body::Nodes(_) => panic!("it is constructed"),
        }
    }

    fn nodes(&mut self) -> &mut Vec<Node> {
        match &mut self.body {
            Body::Nodes(nodes) => nodes,
            Body::Bytes(_) => panic!("nothing is inside"),
        }
    }

    /// The element inside at these places, from the outermost in.
    pub fn at(&mut self, path: &[usize]) -> &mut Node {
        path.iter().fold(self, |node, &index| &mut node.nodes()[index])
    }

    /// Takes an element out.
    pub fn remove(&mut self, path: &[usize]) {
        let (last, above) = path.split_last().expect("a path");
        self.at(above).nodes().remove(*last);
    }

    /// Puts another element in this one's place.
    pub fn replace(&mut self, path: &[usize], element: &[u8]) {
        *self.at(path) = Self::parse(element);
    }

    /// Changes the contents of a primitive element.
    pub fn set(&mut self, path: &[usize], contents: &[u8]) {
        self.at(path).body = Body::Bytes(contents.to_vec());
    }

    /// Takes out the extension with this object identifier (DER contents, hexadecimal).
    pub fn remove_extension(&mut self, path: &[usize], kind: &str) {
        let kind = hex::decode(kind).expect("hexadecimal");
        let of_kind = |node: &Node| match &node.body {
            Body::Nodes(parts) => matches!(&parts[0].body, Body::Bytes(bytes) if *bytes == kind),
            Body::Bytes(_) => false,
        };
        self.at(path).nodes().retain(|node| !of_kind(node));
    }
}
