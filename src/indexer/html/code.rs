//! Preformatted text.

use super::dom::{Dom, Id, Step};
use super::flow::is_invisible;
use super::rules;

/// Text of a `<pre>`, line by line, without empty lines at its ends.
///
/// A line ends at a line feed, at `<br>`, or where an element that stands on a line of its own ends
/// (Docusaurus emits `<div class="token-line">…<br></div>`, earlier `<span>`): whichever of them
/// come together end one line.
pub(super) fn text_of(dom: &Dom, pre: Id) -> String {
    let mut code = String::new();
    let mut starts = Vec::new();
    let mut walk = dom.walk(pre);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id) if rules::is_left_out(dom, id) => walk.pass_over(id),
            Step::Enter(id) => {
                if let Some(text) = dom.text(id) {
                    code.extend(text.chars().filter_map(visible));
                } else if dom.name(id) == "br" {
                    code.push('\n');
                } else if is_line(dom, id) {
                    if !code.is_empty() && !code.ends_with('\n') {
                        code.push('\n');
                    }
                    starts.push(code.len());
                }
            }
            Step::Leave(id) if is_line(dom, id) => {
                if starts.pop() == Some(code.len()) || !code.ends_with('\n') {
                    code.push('\n');
                }
            }
            Step::Leave(_) => {}
        }
    }
    trim_lines(&code).to_owned()
}

/// `code` without the empty lines it begins and ends with.
pub(crate) fn trim_lines(code: &str) -> &str {
    let code = code.trim_end();
    let indent = code.len() - code.trim_start().len();
    let line = code[..indent].rfind('\n').map_or(0, |at| at + 1);
    &code[line..]
}

fn is_line(dom: &Dom, id: Id) -> bool {
    matches!(dom.name(id), "div" | "p" | "li" | "tr")
}

/// A character as it is kept; line feeds and tabs stay, any other space is a space.
fn visible(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        _ if is_invisible(c) || c.is_control() => None,
        _ if c.is_whitespace() => Some(' '),
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::super::dom::Id;
    use super::super::parse::parse;

    fn code(html: &str) -> String {
        let dom = parse(html).dom;
        let pre = dom
            .subtree(Id::DOCUMENT)
            .find(|&id| dom.name(id) == "pre")
            .unwrap();
        super::text_of(&dom, pre)
    }

    #[test]
    fn every_way_to_mark_lines_gives_them_once() {
        let expected = "def f():\n\n    return 1";
        let all = [
            "<pre>\ndef f():\n\n    return 1\n\n</pre>",
            "<pre><code><div class=token-line>def f():<br></div><div class=token-line><span></span><br>\
             </div><div class=token-line>    return&nbsp;1<br></div></code></pre>",
            "<pre><code><span class=token-line>def f():<br></span><span class=token-line><br></span>\
             <span class=token-line>    return 1<br></span></code></pre>",
            "<pre><code><span class=line>def f():</span>\n<span class=line></span>\n\
             <span class=line>    return 1</span></code></pre>",
            "<pre><div class=wrap><div>def f():</div><div></div><div>    return 1</div></div></pre>",
            "<pre><table><tr><td class=lineno>1<td>def f():<tr><td class=lineno>2<td></td>\
             <tr><td class=lineno>3<td>    return 1</table></pre>",
        ];
        for html in all {
            assert_eq!(code(html), expected, "{html}");
        }
    }

    #[test]
    fn line_numbers_and_buttons_are_left_out_and_indents_stay() {
        let html = "<pre><div><span class=codeLineNumber_Tfdd>1</span><span>\tx</span><br></div>\
                    <button>Copy</button></pre>";
        assert_eq!(code(html), "\tx");
    }
}
