//! Measured figures that never change, for the tests of what is made of them.

use super::{
    figure::{FIGURES, Figure},
    measured::Measured,
};
use crate::cargo::Profile;

fn figure(name: &str, profile: Profile) -> &'static Figure {
    let mut figures = FIGURES.iter();
    figures
        .find(|figure| figure.name == name && figure.profile == profile)
        .unwrap()
}

/// One of each kind: with a spread and a peer, over its limit, one sample, a lower limit with counts.
pub(super) fn measured() -> Vec<Measured> {
    let of = |name, profile, samples: &[f64]| Measured::of(figure(name, profile), samples).unwrap();
    vec![
        of("synth", Profile::Dev, &[6.0, 5.874, 7.5]).beside("cdk synth 2.0.0", 4_300.0),
        of("synth-memory", Profile::Dev, &[9_000_000.0, 9_100_000.0]).beside("cdk synth 2.0.0", 435e6),
        of("crates", Profile::Dev, &[120.0]),
        of("overhead-p99", Profile::Dev, &[8.0, 31.25]),
        of("throughput", Profile::Release, &[180.0, 201.26, 190.0]).with_counts(4_057, 0),
        of("memory-growth", Profile::Dev, &[1.021]),
        of("zip-result-combiner", Profile::Release, &[5_000_001.0]),
    ]
}
