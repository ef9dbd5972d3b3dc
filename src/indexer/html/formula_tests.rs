use super::super::parse::parse;
use super::*;

/// The formula of a page with this MathML.
fn said(mathml: &str) -> String {
    let dom = parse(&format!("<p><math>{mathml}</math>")).dom;
    let math = dom.subtree(Id::DOCUMENT).find(|&id| dom.name(id) == "math");
    text(&dom, math.unwrap())
}

#[test]
fn formulas_are_written_on_one_line() {
    for (mathml, expected) in [
        (
            "<mi>b</mi><mo>≈</mo><mi>f</mi><mtext> </mtext><mi>ω</mi><mtext> </mtext>\
          <msub><mi>t</mi><mi>e</mi></msub>",
            "b ≈ f ω t_e",
        ),
        (
            "<msub><mi>σ</mi><mi>Z</mi></msub><mo>=</mo><mfrac><msup><mi>Z</mi><mn>2</mn></msup>\
          <mrow><mi>f</mi><mi>B</mi></mrow></mfrac><mi>.</mi>",
            "σ_Z = Z^2/(f B).",
        ),
        (
            "<mi>W</mi><mo>←</mo><mi>min</mi><mo>\u{2061}</mo><mo>(</mo><mi>W</mi><mo>+</mo><mi>w</mi>\
          <mo>,</mo><msub><mi>W</mi><mi>max</mi><mo>\u{2061}</mo></msub><mo>)</mo>",
            "W ← min(W + w, W_max)",
        ),
        (
            "<msup><mi>e</mi><mrow><mo>−</mo><mn>2</mn><mi>x</mi></mrow></msup>",
            "e^(−2x)",
        ),
        (
            "<mi>x</mi><mo>=</mo><mo>−</mo><mn>1</mn><mo>−</mo><mi>y</mi>",
            "x = −1 − y",
        ),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>\
          <msubsup><mi>x</mi><mi>i</mi><mo>′</mo></msubsup>",
            "∑_(i = 1)^n x_i′",
        ),
        (
            "<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow><mn>2</mn></msup>",
            "(a)^2",
        ),
        (
            "<msqrt><mi>a</mi><mi>b</mi></msqrt><mo>/</mo><mroot><mi>c</mi><mn>3</mn></mroot>",
            "√(a b)/3√c",
        ),
        (
            "<mover><mi>q</mi><mo>˙</mo></mover><mover><mi>ab</mi><mo>^</mo></mover>",
            "q\u{307} ab",
        ),
        (
            "<mfrac linethickness=0><mi>n</mi><mi>k</mi></mfrac>",
            "n over k",
        ),
        (
            "<mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr>\
          <mtr><mtd><mn>0</mn></mtd><mtd><mi>c</mi></mtd></mtr></mtable><mo>]</mo>",
            "[1 0; 0 c]",
        ),
        (
            "<mi>p</mi><mo>(</mo><mi>x</mi><mo>∣</mo><mi>y</mi><mo>)</mo><mo>≤</mo><mi>|</mi><mi>z</mi><mi>|</mi>",
            "p(x ∣ y) ≤ |z|",
        ),
        (
            "<semantics><mn>2</mn><annotation encoding='application/x-tex'>\\two</annotation></semantics>",
            "2",
        ),
        ("<annotation>x</annotation>", ""),
        (
            "<msubsup><mi>R</mi><mrow><mi>A</mi><mi>B</mi></mrow><mrow><mn>2</mn><mi>k</mi></mrow></msubsup>",
            "R_AB^(2k)",
        ),
        (
            "<msup><mi>x</mi><mfrac><mn>1</mn><mn>2</mn></mfrac></msup><mo>=</mo>\
          <msup><mn>90</mn><mo>∘</mo></msup>",
            "x^(1/2) = 90°",
        ),
    ] {
        assert_eq!(said(mathml), expected, "{mathml}");
    }
}

#[test]
fn what_is_deep_or_wrong_is_read_as_far_as_it_goes() {
    let deep = format!("{}<mi>x</mi>", "<msup><mrow>".repeat(5_000));
    assert!(said(&deep).contains('x'));
    for name in [
        "mfrac",
        "mroot",
        "msub",
        "mover",
        "munderover",
        "mtable",
        "mtr",
    ] {
        assert_eq!(said(&format!("<{name}></{name}>")), "");
        assert!(
            said(&format!("<{name}><mi>x</mi></{name}>")).contains('x'),
            "{name}"
        );
    }
}
