//! DG2, DG3 and DG4 (TR-03105-5.1 units LDS_C, LDS_D and LDS_E).

use super::{Cases, Tr, with_length, with_tag};
use crate::test_issuer::Recipe;
use crate::test_issuer::groups::{
    Face, JPEG_2000, RAW, Template, WSQ, finger, group, group_with_count, iris,
};

/// A data group whose templates can be wrong, and the TR's cases of it.
struct Group {
    number: u8,
    tag: u8,
    name: &'static str,
    check: &'static str,
    templates: fn() -> Vec<Template>,
}

const FINGERS: Group = Group {
    number: 3,
    tag: 0x63,
    name: "dg3",
    check: "dg3_structure",
    templates: || vec![finger(0x09, 2, &WSQ), finger(0x0A, 2, &WSQ)],
};
const IRISES: Group = Group {
    number: 4,
    tag: 0x76,
    name: "dg4",
    check: "dg4_structure",
    templates: || vec![iris(1, 2, &RAW), iris(2, 2, &RAW)],
};

impl Group {
    fn put(&self, recipe: &mut Recipe, file: Vec<u8>) {
        recipe.groups.insert(self.number, file);
        recipe.com.push(self.tag);
    }

    fn good(&self, cases: &mut Cases, what: &str, tr: Tr, templates: &[Template]) {
        cases.genuine(&format!("{} {what}", self.name), tr, |recipe| {
            self.put(recipe, group(self.tag.into(), templates));
        });
    }

    fn bad(&self, cases: &mut Cases, what: &str, tr: Tr, file: Vec<u8>) {
        cases.fails(&format!("{} {what}", self.name), tr, self.check, |recipe| {
            self.put(recipe, file)
        });
    }

    /// Everything that is the same for fingers and irises; `tr` are its cases in this order.
    fn faults(&self, cases: &mut Cases, tr: [Tr; 12]) {
        let [
            tag,
            short,
            long,
            count,
            owner,
            no_owner,
            kind,
            no_kind,
            subtype,
            no_subtype,
            magic,
            image,
        ] = tr;
        let templates = (self.templates)();
        let file = group(self.tag.into(), &templates);
        self.bad(cases, "with the next tag", tag, with_tag(&file, self.tag + 1));
        self.bad(cases, "with a length too small", short, with_length(&file, -1));
        self.bad(cases, "with a length too big", long, with_length(&file, 1));
        self.bad(
            cases,
            "without number of instances",
            count,
            group_with_count(self.tag.into(), &[], &templates),
        );
        type Change = fn(&mut Template);
        let changes: [(&str, Tr, Change); 8] = [
            ("with a foreign format owner", owner, |first| {
                first.format_owner = Some([1, 0xFF])
            }),
            ("without format owner", no_owner, |first| {
                first.format_owner = None
            }),
            ("with a foreign format type", kind, |first| {
                first.format_type = Some([0, 0xFF])
            }),
            ("without format type", no_kind, |first| first.format_type = None),
            ("with an unknown subtype", subtype, |first| {
                first.subtype = Some(0xFF)
            }),
            ("without subtype", no_subtype, |first| first.subtype = None),
            ("with another format identifier", magic, |first| {
                first.record[0] = b'X'
            }),
            ("with another biometric type", &[], |first| {
                first.biometric_type = Some(vec![2])
            }),
        ];
        for (what, tr, change) in changes {
            let mut templates = templates.clone();
            change(&mut templates[0]);
            self.bad(cases, what, tr, group(self.tag.into(), &templates));
        }
        let mut templates = templates;
        templates[1].record.truncate(20);
        self.bad(
            cases,
            "without the second image",
            image,
            group(self.tag.into(), &templates),
        );
    }
}

pub fn add(cases: &mut Cases) {
    FINGERS.good(
        cases,
        "of two JPEG 2000 prints",
        &["LDS_D_01"],
        &[finger(9, 4, &JPEG_2000), finger(10, 4, &JPEG_2000)],
    );
    FINGERS.good(cases, "of two WSQ prints", &["LDS_D_02"], &(FINGERS.templates)());
    let three = [finger(9, 2, &WSQ), finger(10, 2, &WSQ), finger(5, 2, &WSQ)];
    FINGERS.good(cases, "of three WSQ prints", &["LDS_D_03"], &three);
    FINGERS.good(
        cases,
        "of two raw prints",
        &["LDS_D_16"],
        &[finger(9, 0, &RAW), finger(10, 0, &RAW)],
    );
    FINGERS.faults(
        cases,
        [
            &["LDS_D_04"],
            &["LDS_D_05"],
            &["LDS_D_06"],
            &["LDS_D_07"],
            &["LDS_D_08"],
            &["LDS_D_09"],
            &["LDS_D_10"],
            &["LDS_D_11"],
            &["LDS_D_12"],
            &["LDS_D_13"],
            &["LDS_D_14"],
            &["LDS_D_15"],
        ],
    );
    IRISES.good(
        cases,
        "of two JPEG 2000 irises",
        &["LDS_E_01"],
        &[iris(1, 14, &JPEG_2000), iris(2, 14, &JPEG_2000)],
    );
    IRISES.good(cases, "of two raw irises", &["LDS_E_02"], &(IRISES.templates)());
    IRISES.faults(
        cases,
        [
            &["LDS_E_03"],
            &["LDS_E_04"],
            &["LDS_E_05"],
            &["LDS_E_06"],
            &["LDS_E_07"],
            &["LDS_E_08"],
            &["LDS_E_09"],
            &["LDS_E_10"],
            &["LDS_E_11"],
            &["LDS_E_12"],
            &["LDS_E_13"],
            &["LDS_E_14"],
        ],
    );
    add_faces(cases);
}

fn add_faces(cases: &mut Cases) {
    let face = Face::default;
    let jpeg_2000 = || Face {
        data_type: 1,
        image: JPEG_2000.to_vec(),
        ..face()
    };
    let file = |face: Face| group(0x75, &[face.template()]);
    let good: [(&str, Tr, Face); 3] = [
        ("dg2 of JPEG 2000", &["LDS_C_01"], jpeg_2000()),
        ("dg2 of JPEG", &["LDS_C_02"], face()),
        (
            "dg2 with feature points",
            &["LDS_C_03"],
            Face {
                feature_points: 2,
                announced_feature_points: 2,
                ..jpeg_2000()
            },
        ),
    ];
    for (name, tr, face) in good {
        cases.genuine(name, tr, |recipe| recipe.dg2 = file(face));
    }
    const CHECK: &str = "dg2_structure";
    let right = file(face());
    let files: [(&str, Tr, Vec<u8>); 4] = [
        ("dg2 with tag 76", &["LDS_C_04"], with_tag(&right, 0x76)),
        (
            "dg2 with a length too small",
            &["LDS_C_05"],
            with_length(&right, -1),
        ),
        ("dg2 with a length too big", &["LDS_C_06"], with_length(&right, 1)),
        (
            "dg2 without number of instances",
            &["LDS_C_07"],
            group_with_count(0x75, &[], &[face().template()]),
        ),
    ];
    for (name, tr, file) in files {
        cases.fails(name, tr, CHECK, |recipe| recipe.dg2 = file);
    }
    type Change = fn(&mut Template);
    let headers: [(&str, Tr, Change); 5] = [
        ("dg2 with a foreign format owner", &["LDS_C_08"], |face| {
            face.format_owner = Some([1, 0xFF])
        }),
        ("dg2 without format owner", &["LDS_C_09"], |face| {
            face.format_owner = None
        }),
        ("dg2 with a foreign format type", &["LDS_C_10"], |face| {
            face.format_type = Some([0, 0xFF])
        }),
        ("dg2 without format type", &["LDS_C_11"], |face| {
            face.format_type = None
        }),
        ("dg2 with another biometric type", &["LDS_C_13"], |face| {
            face.biometric_type = Some(vec![0, 0, 8]);
        }),
    ];
    for (name, tr, change) in headers {
        let mut template = face().template();
        change(&mut template);
        cases.fails(name, tr, CHECK, |recipe| recipe.dg2 = group(0x75, &[template]));
    }
    // One byte, as it was before the standards agreed on three.
    cases.genuine("dg2 with a short biometric type", &["LDS_C_12"], |recipe| {
        let mut template = face().template();
        template.biometric_type = Some(vec![2]);
        recipe.dg2 = group(0x75, &[template]);
    });
    type Wrong = fn(&mut Face);
    let records: [(&str, Tr, Wrong); 15] = [
        ("dg2 with another format identifier", &["LDS_C_14"], |face| {
            face.magic[0] = b'X'
        }),
        ("dg2 with another record version", &["LDS_C_15"], |face| {
            face.magic[5] = b'9'
        }),
        (
            "dg2 with a length that forgets feature points",
            &["LDS_C_16"],
            |face| {
                face.announced_feature_points = 2;
            },
        ),
        ("dg2 with an unknown gender", &["LDS_C_17"], |face| {
            face.gender = 9
        }),
        ("dg2 with an unknown eye colour", &["LDS_C_18"], |face| {
            face.eyes = 0x55
        }),
        ("dg2 with an unknown hair colour", &["LDS_C_19"], |face| {
            face.hair = 0x55
        }),
        ("dg2 with a yaw beyond the circle", &["LDS_C_20"], |face| {
            face.pose[0] = 0xF0
        }),
        ("dg2 with a pitch beyond the circle", &["LDS_C_21"], |face| {
            face.pose[1] = 0xF0
        }),
        ("dg2 with a roll beyond the circle", &["LDS_C_22"], |face| {
            face.pose[2] = 0xF0
        }),
        (
            "dg2 with an uncertain yaw beyond the circle",
            &["LDS_C_23"],
            |face| face.uncertainty[0] = 0xF0,
        ),
        (
            "dg2 with an uncertain pitch beyond the circle",
            &["LDS_C_24"],
            |face| face.uncertainty[1] = 0xF0,
        ),
        (
            "dg2 with an uncertain roll beyond the circle",
            &["LDS_C_25"],
            |face| face.uncertainty[2] = 0xF0,
        ),
        ("dg2 with an unknown image type", &["LDS_C_26"], |face| {
            face.image_type = 0x55
        }),
        ("dg2 with an unknown image data type", &["LDS_C_27"], |face| {
            face.data_type = 0x55
        }),
        ("dg2 without image", &["LDS_C_28"], |face| face.image.clear()),
    ];
    for (name, tr, change) in records {
        let mut face = face();
        change(&mut face);
        cases.fails(name, tr, CHECK, |recipe| recipe.dg2 = file(face));
    }
    cases
        .genuine("dg2 with an unknown gender, tolerated", &[], |recipe| {
            recipe.dg2 = file(Face {
                gender: 9,
                ..Face::default()
            });
        })
        .tolerating(&["biometric-value"]);
}
