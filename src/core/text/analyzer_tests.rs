use super::*;

fn texts(lang: &str, text: &str) -> Vec<String> {
    Analyzer::for_lang(lang)
        .terms(text)
        .into_iter()
        .map(|t| t.text)
        .collect()
}

#[test]
fn words_are_stemmed_and_keep_their_surface_range_and_position() {
    let terms = Analyzer::for_lang("en-GB").terms("The Robots’ cafés");
    let seen: Vec<_> = terms
        .iter()
        .map(|t| {
            (
                t.text.as_str(),
                t.surface.as_str(),
                t.range.clone(),
                t.position,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("the", "the", 0..3, 0),
            ("robot", "robots", 4..10, 1),
            ("cafe", "cafes", 14..20, 2)
        ]
    );
}

#[test]
fn an_identifier_gives_itself_and_its_parts() {
    assert_eq!(
        texts("en", "createRclcppNode"),
        ["createrclcppnode", "creat", "rclcpp", "node"]
    );
    assert_eq!(
        texts("en", "ros2_control"),
        ["ros2_control", "ros2", "ros", "2", "control"]
    );
    assert_eq!(
        texts("en", "--symlink-install"),
        ["symlink-install", "symlink", "instal"]
    );
    assert_eq!(texts("en", "std::vector"), ["std::vector", "std", "vector"]);
    assert_eq!(
        texts("en", "nav2_params.yaml"),
        [
            "nav2_params.yaml",
            "nav2_params",
            "nav2",
            "nav",
            "2",
            "param",
            "yaml"
        ]
    );
    assert_eq!(
        texts("en", "__init__ e.g. 3.14 C++"),
        ["init", "e.g", "3.14", "c++"]
    );
}

#[test]
fn parts_take_positions_in_a_row_and_the_whole_that_of_the_first() {
    let terms = Analyzer::for_lang("en").terms("a rosTopic e.g. end");
    let seen: Vec<_> = terms
        .iter()
        .map(|t| (t.surface.as_str(), t.position, t.form))
        .collect();
    assert_eq!(
        seen,
        [
            ("a", 0, Form::Word),
            ("rostopic", 1, Form::Identifier),
            ("ros", 1, Form::Word),
            ("topic", 2, Form::Word),
            ("e.g", 3, Form::Identifier),
            ("end", 4, Form::Word)
        ]
    );
    assert_eq!(terms[3].range, 5..10);
}

#[test]
fn chinese_japanese_and_korean_give_bigrams() {
    assert_eq!(texts("zh", "机器人。手"), ["机器", "器人", "手"]);
    assert_eq!(
        texts("ja", "ロボット制御"),
        ["ロボ", "ボッ", "ット", "ト制", "制御"]
    );
    assert_eq!(texts("ko", "로봇을 본다"), ["로봇", "봇을", "본다"]);
}

/// Whether a word of a text is found by a word of a query: by stem or by spelling.
fn meet(lang: &str, text: &str, query: &str) -> bool {
    let terms = |text| Analyzer::for_lang(lang).terms(text);
    let (text, query) = (terms(text), terms(query));
    let same = |a: &Term, b: &Term| a.text == b.text || a.surface == b.surface;
    query.iter().all(|b| text.iter().any(|a| same(a, b)))
}

#[test]
fn inflected_words_of_european_languages_meet() {
    for (lang, text, query) in [
        ("de", "Die Roboterarme greifen", "Roboterarm"),
        ("de", "Kräfte", "kraft"),
        ("fr", "les capteurs étalonnés", "capteur étalonné"),
        ("es", "los brazos móviles", "brazo movil"),
        ("pt", "os braços controlados", "braço controlado"),
        ("it", "le traiettorie", "traiettoria"),
        ("nl", "bewegingen", "beweging"),
        ("ru", "управления роботами", "управление роботов"),
        ("ru", "самолётом", "самолет"),
        ("el", "των ρομποτικών βραχιόνων", "ΒΡΑΧΙΟΝΑΣ ρομποτικών"),
        ("fi", "robottien", "robotti"),
        ("sv", "robotarna", "robot"),
    ] {
        assert!(meet(lang, text, query), "{lang} {text}: {query}");
    }
}

#[test]
fn turkish_words_meet_with_and_without_dots_and_in_capitals() {
    for (text, query) in [
        ("ışıklar", "IŞIK"),
        ("İSTASYONU", "istasyon"),
        ("ROS_INIT kullanılır", "ros_init"),
        ("kolları", "KOLLARI"),
    ] {
        assert!(meet("tr", text, query), "{text}: {query}");
    }
    assert_eq!(texts("tr", "ışık"), texts("tr", "IŞIK"));
}

#[test]
fn vietnamese_words_meet_without_their_tones() {
    assert!(meet("vi", "Động cơ của người máy", "dong co"));
    assert!(meet("vi", "ĐỘNG CƠ", "động cơ"));
}

#[test]
fn arabic_words_meet_over_articles_endings_and_spellings() {
    for (text, query) in [
        ("الروبوتات", "روبوت"),
        ("المدرسة", "مدرسه"),
        ("أذرع الرُّوبوت", "اذرع روبوت"),
        ("بالمستشعرات", "مستشعر"),
        ("إلى ٢٠٢٤", "الى 2024"),
    ] {
        assert!(meet("ar", text, query), "{text}: {query}");
    }
}

#[test]
fn urdu_and_persian_words_meet_over_letters_and_joiners() {
    assert!(meet("ur", "کہانی یہ ہے", "كهانى"));
    assert!(meet("ur", "روبوٹ کی ٹانگیں ۲۰۲۴", "روبوٹ 2024"));
    assert!(meet("ur", "مؤثر", "موثر"));
    assert!(meet(
        "fa",
        "کتاب\u{200c}ها و ربات\u{200c}های صنعتی",
        "كتاب ربات صنعتی"
    ));
    assert_eq!(texts("fa", "می\u{200c}روم"), texts("fa", "می روم"));
}

#[test]
fn hindi_words_keep_their_vowel_signs_and_lose_their_nukta() {
    assert_eq!(texts("hi", "रोबोट की भुजा।"), ["रोबोट", "की", "भुजा"]);
    assert!(meet("hi", "सड़क", "सडक"));
    assert_eq!(texts("hi", "क\u{94d}\u{200d}ष").len(), 1);
}

#[test]
fn thai_is_found_without_spaces() {
    assert!(meet("th", "แขนของหุ่นยนต์อุตสาหกรรม", "หุ่นยนต์"));
    assert!(meet("th", "การทำงาน", "ทำงาน"));
}

#[test]
fn korean_words_meet_under_their_particles() {
    for text in ["로봇은", "로봇을 제어한다", "이동로봇"] {
        assert!(meet("ko", text, "로봇"), "{text}");
    }
}

#[test]
fn pasted_code_and_errors_come_apart_where_a_reader_would_look() {
    let text = "ModuleNotFoundError: No module named 'rclpy' (/opt/ros/humble/lib/python3.10/site-packages/nav2.py:42)";
    for query in [
        "rclpy",
        "ModuleNotFoundError",
        "module found",
        "python3.10",
        "site packages",
        "nav2.py",
    ] {
        assert!(meet("en", text, query), "{query}");
    }
    let code = "auto n = rclcpp::Node::make_shared(\"x\"); n->create_publisher<String>(topic_name, rclcpp::QoS(10));";
    for query in [
        "rclcpp::Node::make_shared",
        "make_shared",
        "create_publisher",
        "create publisher",
        "QoS",
        "qos",
        "String",
    ] {
        assert!(meet("en", code, query), "{query}");
    }
    for (text, query) in [
        ("error[E0277]: expected", "E0277"),
        ("exit code -11", "11"),
        ("my_robot.urdf.xacro", "my_robot.urdf.xacro"),
        ("my_robot.urdf.xacro", "xacro"),
        ("colcon build --symlink-install", "symlink install"),
        ("colcon build --symlink-install", "--symlink-install"),
        ("http://localhost:8080/api", "localhost"),
        ("user@host.com", "host.com"),
        ("cmd_vel=/robot1/cmd_vel", "cmd_vel"),
        ("x.y_z[i]", "y_z"),
    ] {
        assert!(meet("en", text, query), "{text}: {query}");
    }
}

#[test]
fn stop_words_are_known_by_language() {
    let stop = |lang, word| Analyzer::for_lang(lang).is_stop_word(&normalise(word));
    assert!(stop("en", "What") && stop("de", "FÜR") && stop("fr", "été") && stop("es", "también"));
    assert!(stop("ar", "إلى") && stop("ur", "میں"));
    assert!(!stop("en", "robot") && !stop("sw", "na"));
}

#[test]
fn ranges_are_character_boundaries_of_any_text() {
    let text = "İ\u{301}x_ß2Ünï — 机a器\u{200d}👩‍🚀 ﷺ:: _._ --Ä-ö ١٢٣abc\u{0}";
    for lang in ["en", "de", "tr", "ar", "el", "ta", "xx"] {
        for term in Analyzer::for_lang(lang).terms(text) {
            assert!(
                text.get(term.range.clone()).is_some_and(|s| !s.is_empty()),
                "{term:?}"
            );
            assert!(!term.text.is_empty());
        }
    }
}
