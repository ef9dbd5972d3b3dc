use super::*;
use crate::text::Analyzer;

/// Weights of the question's words, each 1, and where they stand in a text.
fn matches(question: &str, text: &str) -> (Vec<f32>, Vec<Match>) {
    let analyzer = Analyzer::for_lang("en");
    let mut asked = analyzer.terms(question);
    asked.retain(|term| !analyzer.is_stop_word(&term.surface));
    let own = analyzer.terms(text).into_iter().filter_map(|term| {
        let word = asked.iter().position(|asked| asked.text == term.text)?;
        Some(Match {
            range: term.range,
            word: word as u32,
            weight: 1.0,
        })
    });
    let own = own.collect();
    (vec![1.0; asked.len()], own)
}

fn answer(question: &str, texts: &[&str]) -> Vec<Quote> {
    let found: Vec<_> = texts.iter().map(|text| matches(question, text)).collect();
    let sources: Vec<Source<'_>> = (1..)
        .zip(texts.iter().zip(&found))
        .map(|(number, (text, (_, matches)))| Source {
            number,
            text,
            code: &[],
            matches,
            heads: WordSet::default(),
            by_meaning: &[],
        })
        .collect();
    extract(&matches(question, "").0, &sources)
}

fn texts(quotes: &[Quote]) -> Vec<(u32, &str)> {
    quotes
        .iter()
        .map(|quote| (quote.number, &*quote.text))
        .collect()
}

const WALKING: &str = "A robot has many parts, all of them dear. The ankle motor balances the robot while it walks. \
                       Paint is a matter of taste to most people.";

#[test]
fn the_sentence_that_answers_is_quoted_with_its_number() {
    let quotes = answer(
        "which motor balances the ankle",
        &["Motors are for moving, and for nothing else.", WALKING],
    );
    assert_eq!(
        texts(&quotes),
        [(2, "The ankle motor balances the robot while it walks.")]
    );
}

#[test]
fn a_question_of_other_things_is_not_answered() {
    assert!(answer("capital city of France", &[WALKING]).is_empty());
    assert!(
        answer("ankle opera singer ticket price", &[WALKING]).is_empty(),
        "one word of five"
    );
    assert!(answer("", &[WALKING]).is_empty());
    assert!(answer("ankle", &[]).is_empty());
}

#[test]
fn quotations_stand_in_the_order_of_the_passages_and_say_different_things() {
    let first = "The charger needs mains voltage to work at all.";
    let second = "A battery lasts two hours in the field. A battery lasts two hours in the field. \
                  The charger fills the battery overnight.";
    let quotes = answer("battery charger", &[first, second]);
    let numbers: Vec<u32> = quotes.iter().map(|quote| quote.number).collect();
    assert!(numbers.is_sorted(), "{quotes:?}");
    let lasting = |quote: &&Quote| quote.text.contains("lasts two hours");
    assert!(
        quotes.iter().filter(lasting).count() <= 1,
        "nothing is said twice"
    );
}

#[test]
fn what_a_colon_introduces_comes_along() {
    let text =
        "Calibrate the lidar in these steps:\nswitch it off\nturn it around\nUnrelated remark.";
    let quotes = answer("how to calibrate the lidar", &[text]);
    assert_eq!(quotes[0].text, "Calibrate the lidar in these steps:");
    assert_eq!(quotes[1].text, "switch it off");
}

#[test]
fn code_comes_whole_and_as_it_stands() {
    let text = "Start the lidar driver like this.\n  ros2 run lidar \\\n    --rate 10\nDone.";
    let start = text.find("  ros2").unwrap() as u32;
    let code = [start..text.find("\nDone").unwrap() as u32];
    let (asked, matches) = matches("ros2 run", text);
    let source = Source {
        number: 7,
        text,
        code: &code,
        matches: &matches,
        heads: WordSet::default(),
        by_meaning: &[],
    };
    let quotes = extract(&asked, &[source]);
    let quote = Quote {
        number: 7,
        text: "  ros2 run lidar \\\n    --rate 10".into(),
        code: true,
    };
    assert_eq!(quotes, [quote]);
}

#[test]
fn meaning_decides_between_sentences_with_the_same_words() {
    let text = "The gait planner was written long ago. The gait planner places each foot in turn.";
    let (asked, matches) = matches("gait planner", text);
    let quoted = |by_meaning: &[f32]| {
        let source = Source {
            number: 1,
            text,
            code: &[],
            matches: &matches,
            heads: WordSet::default(),
            by_meaning,
        };
        extract(&asked, &[source])[0].text.clone()
    };
    assert!(quoted(&[0.9, 0.0]).starts_with("The gait planner was"));
    assert!(quoted(&[0.0, 0.9]).starts_with("The gait planner places"));
}

#[test]
fn an_answer_is_bounded_and_the_same_each_time() {
    let long: Vec<String> = (0..400)
        .map(|i| format!("Sentence {i} about the lidar and its many uses."))
        .collect();
    let text = long.join(" ");
    let quotes = answer("lidar uses", &[&text, &text]);
    assert!(!quotes.is_empty() && quotes.len() <= MOST);
    assert_eq!(quotes, answer("lidar uses", &[&text, &text]));
    let bytes: usize = quotes.iter().map(|quote| quote.text.len()).sum();
    assert!(bytes < 2 * ENOUGH, "{bytes}");
}

#[test]
fn prose_goes_before_code_with_the_same_words() {
    let text = "lidar.driver(rate)\nThe lidar driver has a rate of its own.";
    let (asked, matches) = matches("lidar driver rate", text);
    let source = Source {
        number: 1,
        text,
        code: &[0..18],
        matches: &matches,
        heads: WordSet::default(),
        by_meaning: &[],
    };
    let quotes = extract(&asked, &[source]);
    assert!(!quotes[0].code, "{quotes:?}");
}

#[test]
fn of_a_table_the_rows_are_quoted_that_answer_and_not_the_names_of_its_columns() {
    let table = "Motors of the ankle are of two kinds.\n\
                 Motor of the ankle | Torque of the motor | Weight of the motor\n\
                 Geared ankle motor | 40 newton metres of torque | 900 g\n\
                 Direct ankle motor | 12 newton metres of torque | 400 g";
    let quotes = answer("torque of the ankle motor", &[table]);
    let quoted = texts(&quotes);
    assert!(quoted.iter().all(|(_, text)| !text.contains("Weight")));
    assert!(quoted.iter().any(|(_, text)| text.starts_with("Geared")));
}
