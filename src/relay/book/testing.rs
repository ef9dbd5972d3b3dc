//! A shelf of four pages in a folder of its own.

use std::path::Path;

use lectern_indexer::model::testing::{embed_pending, tiny};
use lectern_indexer::{Indexer, Options};
use tempfile::TempDir;

/// Pages of the shelf: file, title, body.
pub const PAGES: &[(&str, &str, &str)] = &[
    (
        "docs/walking.html",
        "Walking",
        "<p>A robot walks with a map. Balance is everything to it.</p><h2 id=ankle>The ankle</h2>\
         <p>The ankle motor balances the robot while it walks. It draws nine volts.</p>",
    ),
    (
        "docs/mapping.html",
        "How to map",
        "<p>Walking robots make a map with the lidar. A map is made again when the room changes.</p>",
    ),
    (
        "docs/battery.html",
        "Battery",
        "<p>The battery lasts two hours. Charge it overnight with the charger of the workshop.</p>",
    ),
    (
        "docs/camera.html",
        "Camera",
        "<p>The camera looks ahead. Its lens is cleaned with a cloth, never with acetone.</p>",
    ),
];

/// The model file that the shelf is made with.
pub fn model() -> Vec<u8> {
    tiny(7).unwrap()
}

/// Writes a shelf of these pages into a folder.
pub fn write(dir: &Path, pages: &[(&str, &str, &str)]) {
    let model = model();
    let mut indexer = Indexer::new(model.clone(), Options::default()).unwrap();
    for (file, title, body) in pages {
        let html = format!("<html lang=en><main><h1>{title}</h1>{body}</main></html>");
        indexer.add_page(file, html.as_bytes()).unwrap();
    }
    embed_pending(&mut indexer, &model).unwrap();
    for file in indexer.finish().unwrap().files {
        std::fs::write(dir.join(file.name), file.bytes).unwrap();
    }
}

/// A folder with the shelf of [`PAGES`].
pub fn shelf() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), PAGES);
    dir
}
