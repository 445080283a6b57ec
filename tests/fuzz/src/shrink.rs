//! The shortest input that still does it, by leaving parts out.

/// Shortens an input as long as `still` holds and `tries` last. Returns the shortest that was met.
pub fn shrink(input: &[u8], mut tries: u32, mut still: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut shortest = input.to_vec();
    let mut part = shortest.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        let mut shrank = false;
        while at < shortest.len() {
            if tries == 0 {
                return shortest;
            }
            tries -= 1;
            let end = (at + part).min(shortest.len());
            let mut without = shortest.clone();
            without.drain(at..end);
            if still(&without) {
                shortest = without;
                shrank = true;
            } else {
                at = end;
            }
        }
        // At single bytes, one pass may open the way for another.
        part = if part > 1 {
            part.div_ceil(2).min(part - 1)
        } else {
            usize::from(shrank)
        };
    }
    shortest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_left() {
        let contains = |wanted: &'static [u8]| {
            move |bytes: &[u8]| wanted.iter().all(|byte| bytes.contains(byte)) && !bytes.is_empty()
        };
        assert_eq!(shrink(b"....a......b...", 1_000, contains(b"ab")), b"ab");
        assert_eq!(shrink(b"x", 1_000, contains(b"x")), b"x");
        assert_eq!(shrink(b"", 1_000, |_| true), b"");
        assert_eq!(shrink(b"anything", 1_000, |_| true), b"");
    }

    #[test]
    fn it_ends_with_its_tries() {
        let mut tried = 0;
        let shortest = shrink(&[7; 4_096], 10, |_| {
            tried += 1;
            false
        });
        assert_eq!((tried, shortest.len()), (10, 4_096));
    }
}
