//! What an e-mail address is, to Better Auth 1.7.

/// Most characters of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const LENGTH: usize = 254;

/// Whether this is an address as Better Auth takes them: ASCII, `local@host.tld`, no dot at either end of the local
/// part nor two in a row (the rule of the npm package `zod` 4).
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let letter = |c: char| c.is_ascii_alphanumeric();
    let local_fits = local.chars().all(|c| letter(c) || "_'+-.".contains(c))
        && local.ends_with(|c| letter(c) || "_+-".contains(c))
        && !local.starts_with('.');
    let mut labels = domain.split('.').rev();
    let tld = labels.next().unwrap_or_default();
    let tld_fits = tld.len() >= 2 && tld.chars().all(|c| c.is_ascii_alphabetic());
    let label_fits =
        |label: &str| label.starts_with(letter) && label.chars().all(|c| letter(c) || c == '-');
    text.len() <= LENGTH
        && local_fits
        && tld_fits
        && domain.contains('.')
        && !text.contains("..")
        && labels.all(label_fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_better_auth_takes_them() {
        for good in [
            "a@b.co",
            "ada.l+x@mail.example.org",
            "o'neil@x-y.example",
            "_@1.de",
            "A@B.CO",
        ] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@b.co", "a".repeat(LENGTH));
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            "a@.co",
            "a@b..co",
            ".a@b.co",
            "a.@b.co",
            "a..b@b.co",
            "a@-b.co",
            "a b@b.co",
            "a@b.c0",
            "ä@b.co",
            "a@b@c.de",
            "a@b.co ",
            "o'@b.co",
            &long,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
