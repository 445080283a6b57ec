//! What must not compile, each in a file of its own with what the compiler says about it.

#[test]
fn what_the_types_rule_out_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
