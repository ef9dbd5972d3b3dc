//! Words that say nothing about a passage: indexed, but dropped from queries that say more.
//!
//! Invariant: lists are sorted and hold normalised words ([`super::normalise::normalise`]).

/// The stop words of a language by the primary subtag of its BCP 47 tag; none for a language
/// without a list.
pub fn for_language(primary: &str) -> &'static [&'static str] {
    match primary {
        "en" => ENGLISH,
        _ if !cfg!(feature = "languages") => &[],
        "ar" => ARABIC,
        "de" => GERMAN,
        "es" => SPANISH,
        "fr" => FRENCH,
        "ur" => URDU,
        _ => &[],
    }
}

#[rustfmt::skip]
const ENGLISH: &[&str] = &[
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any",
    "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "can't", "could", "did", "didn't", "do", "does", "doesn't", "doing",
    "don't", "down", "during", "each", "else", "ever", "few", "for", "from", "further", "get",
    "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how", "how's",
    "i", "i'm", "if", "in", "into", "is", "isn't", "it", "it's", "its", "itself", "just", "let",
    "me", "might", "more", "most", "much", "must", "my", "no", "nor", "not", "of", "off", "on",
    "once", "only", "or", "other", "our", "out", "over", "own", "per", "same", "shall", "she",
    "should", "so", "some", "such", "than", "that", "that's", "the", "their", "theirs", "them",
    "then", "there", "there's", "these", "they", "this", "those", "through", "to", "too", "under",
    "until", "up", "upon", "us", "very", "was", "we", "were", "what", "what's", "when", "where",
    "where's", "which", "while", "who", "who's", "whom", "whose", "why", "will", "with", "would",
    "you", "your", "yours",
];

#[rustfmt::skip]
const ARABIC: &[&str] = &[
    "اذا", "التي", "الذي", "الذين", "الي", "ان", "انا", "انت", "او", "اي", "اين", "بعد", "بعض",
    "بل", "به", "بين", "تلك", "ثم", "حتي", "ذلك", "علي", "عليه", "عليها", "عن", "عند", "غير",
    "في", "فيه", "فيها", "قبل", "قد", "كان", "كانت", "كل", "كما", "كيف", "لا", "لكن", "لم",
    "لماذا", "لن", "له", "لها", "ما", "ماذا", "متي", "مع", "من", "منذ", "منه", "منها", "نحن",
    "هذا", "هذه", "هل", "هم", "هو", "هي", "و", "يكون",
];

#[rustfmt::skip]
const GERMAN: &[&str] = &[
    "aber", "als", "am", "an", "auch", "auf", "aus", "bei", "bin", "bis", "bist", "da", "dann",
    "das", "dass", "dein", "dem", "den", "der", "des", "dich", "die", "dies", "diese", "diesem",
    "diesen", "dieser", "dieses", "dir", "doch", "dort", "du", "durch", "ein", "eine", "einem",
    "einen", "einer", "eines", "er", "es", "euch", "fur", "habe", "haben", "hat", "hatte", "hier",
    "ich", "ihm", "ihn", "ihr", "ihre", "im", "in", "ist", "ja", "jede", "jeder", "jedes", "kann",
    "kein", "keine", "konnen", "man", "mehr", "mein", "mich", "mir", "mit", "muss", "nach",
    "nicht", "noch", "nur", "ob", "oder", "ohne", "sehr", "sein", "seine", "sich", "sie", "sind",
    "so", "soll", "uber", "um", "und", "uns", "unser", "unter", "vom", "von", "vor", "war",
    "warum", "was", "wenn", "wer", "werden", "wie", "wieder", "wird", "wo", "wurde", "zu", "zum",
    "zur", "zwischen",
];

#[rustfmt::skip]
const FRENCH: &[&str] = &[
    "a", "au", "aux", "avec", "c", "c'est", "ce", "ces", "cet", "cette", "comment", "d", "d'un",
    "d'une", "dans", "de", "des", "dont", "du", "elle", "elles", "en", "est", "et", "etaient",
    "etait", "ete", "etre", "eux", "fait", "il", "ils", "j", "je", "l", "l'on", "la", "le", "les",
    "leur", "leurs", "lui", "ma", "mais", "me", "meme", "mes", "moi", "mon", "n", "ne", "nos",
    "notre", "nous", "on", "ont", "ou", "par", "pas", "peut", "plus", "pour", "pourquoi", "qu",
    "qu'est", "qu'il", "quand", "que", "quel", "quelle", "quelles", "quels", "qui", "s", "sa",
    "sans", "se", "ses", "si", "son", "sont", "sur", "ta", "te", "tes", "toi", "ton", "tu", "un",
    "une", "vos", "votre", "vous", "y",
];

#[rustfmt::skip]
const SPANISH: &[&str] = &[
    "a", "al", "algo", "ante", "como", "con", "cual", "cuales", "cuando", "de", "del", "desde",
    "donde", "dos", "e", "el", "ella", "ellas", "ellos", "en", "entre", "era", "es", "esa", "ese",
    "eso", "esta", "estan", "estas", "este", "esto", "estos", "fue", "ha", "hasta", "hay", "la",
    "las", "le", "les", "lo", "los", "mas", "me", "mi", "mis", "muy", "nada", "ni", "no", "nos",
    "o", "os", "otra", "otro", "para", "pero", "poco", "por", "porque", "puede", "pueden", "que",
    "quien", "se", "sea", "ser", "si", "sin", "sobre", "son", "su", "sus", "tambien", "te",
    "tiene", "tienen", "todo", "todos", "tu", "tus", "u", "un", "una", "unas", "uno", "unos", "y",
    "ya", "yo",
];

#[rustfmt::skip]
const URDU: &[&str] = &[
    "اس", "ان", "اور", "ايك", "اپ", "اپنا", "اپني", "اپنے", "اگر", "بعد", "بھي", "تب", "تك", "تم",
    "تو", "تھا", "تھي", "تھے", "جب", "جس", "جن", "جو", "ساتھ", "سب", "سے", "كا", "كب", "كر",
    "كرتا", "كرتي", "كرتے", "كرنا", "كرنے", "كسي", "كه", "كهاں", "كو", "كون", "كي", "كيا", "كيسے",
    "كيوں", "كچھ", "كے", "ليكن", "ليے", "مجھے", "ميرا", "ميں", "مگر", "نه", "نهيں", "نے", "هم",
    "هو", "هوا", "هوتا", "هوتي", "هوتے", "هويي", "هويے", "هي", "هيں", "هے", "والا", "والي",
    "والے", "وه", "يا", "يه", "پر", "پهلے", "گا", "گي", "گے",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise::normalise;

    #[test]
    fn lists_are_sorted_and_normalised() {
        for language in ["ar", "de", "en", "es", "fr", "ur"] {
            let list = for_language(language);
            assert!(
                list.len() > 50 && list.is_sorted_by(|a, b| a < b),
                "{language}"
            );
            for word in list {
                assert_eq!(*word, normalise(word), "{language}");
            }
        }
    }
}
