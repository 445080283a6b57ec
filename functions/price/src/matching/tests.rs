//! The rule at work.

use super::{
    score::{Half, goods, score, score_of_half, table},
    *,
};

#[test]
fn show_differences() {
    let goods = goods();
    for row in table() {
        let found: std::collections::BTreeSet<_> = matches(row.name, &goods)
            .iter()
            .map(|&i| goods[i].id.as_str())
            .collect();
        let wrong: Vec<_> = found.difference(&row.goods).collect();
        let missing: Vec<_> = row.goods.difference(&found).collect();
        if !(wrong.is_empty() && missing.is_empty()) {
            println!("{:?} {}: wrong {wrong:?} missing {missing:?}", row.half, row.name);
        }
    }
    for s in [score_of_half(Half::Tuned), score_of_half(Half::HeldOut), score()] {
        println!("{s:?} {} {}", s.precision(), s.recall());
    }
}
