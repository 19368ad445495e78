//! What the program prints where no chain is needed: the cases are the files of `cmd/`.

#[test]
fn commands_print_what_the_cases_say() {
    let cases = trycmd::TestCases::new();
    cases.env("THERIAC_PRIVATE_KEY", "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    cases.env("THERIAC_ANVIL", "none/anvil");
    cases.env("COLUMNS", "110");
    cases.case("tests/cmd/*.trycmd");
}
