//! Numbers that look random and are the same for the same text for ever.

/// `SplitMix64`, seeded by the FNV-1a hash of a text.
#[derive(Debug, Clone)]
pub(super) struct SeededRng(u64);

impl SeededRng {
    pub(super) fn new(text: &str) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `from` to `to`, both included.
    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to.saturating_sub(from) + 1)
    }

    /// One of the choices; the empty text when there is none.
    pub(super) fn choose(&mut self, choices: &[&'static str]) -> &'static str {
        let count = u64::try_from(choices.len()).unwrap_or(1).max(1);
        let index = usize::try_from(self.next() % count).unwrap_or_default();
        choices.get(index).copied().unwrap_or_default()
    }
}
