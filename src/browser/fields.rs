//! Objects of JavaScript, read field by field: a crate that does it for any type takes 10 KB to download.

use js_sys::{Array, Object, Reflect};
use lectern_core::shelf::{Manifest, SectionFile};
use wasm_bindgen::{JsCast, JsValue};

/// The field of an object, undefined where there is none.
pub(crate) fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A string in a field.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

/// A whole number that is not negative, from a field.
pub(crate) fn number<T: TryFrom<u64>>(object: &JsValue, name: &str) -> Option<T> {
    let value = field(object, name).as_f64()?;
    // The cast saturates, and of anything else than such a number it gives another one.
    let whole = value as u64;
    (whole as f64 == value).then(|| whole.try_into().ok())?
}

/// The numbers of an array.
pub(crate) fn numbers(value: &JsValue) -> Option<Vec<f32>> {
    let values = value.dyn_ref::<Array>()?.iter();
    values.map(|x| x.as_f64().map(|x| x as f32)).collect()
}

/// The numbers of passages in an array; of what is none a number that none has.
pub(crate) fn whole_numbers(values: &Array) -> Vec<u32> {
    let number = |value: JsValue| value.as_f64().map_or(u32::MAX, |number| number as u32);
    values.iter().map(number).collect()
}

/// The strings of an array.
pub(crate) fn texts(value: &JsValue) -> Option<Vec<String>> {
    let values = value.dyn_ref::<Array>()?.iter();
    values.map(|text| text.as_string()).collect()
}

/// The manifest that an object is, if it has all its fields and no more.
pub(crate) fn manifest(object: &JsValue) -> Option<Manifest> {
    let sections = field(object, "sections").dyn_into::<Array>().ok()?;
    let manifest = Manifest {
        version: number(object, "version")?,
        generator: text(object, "generator")?,
        title: text(object, "title")?,
        lang: text(object, "lang")?,
        model: text(object, "model")?,
        pages: number(object, "pages")?,
        passages: number(object, "passages")?,
        hash: text(object, "hash")?,
        sections: sections
            .iter()
            .map(|one| section(&one))
            .collect::<Option<_>>()?,
        checksum: text(object, "checksum")?,
    };
    has_fields(object, 10).then_some(manifest)
}

fn section(object: &JsValue) -> Option<SectionFile> {
    let section = SectionFile {
        kind: text(object, "kind")?,
        file: text(object, "file")?,
        stored: number(object, "stored")?,
        size: number(object, "size")?,
        parts: number(object, "parts")?,
        parts_stored: number(object, "parts_stored")?,
    };
    has_fields(object, 6).then_some(section)
}

fn has_fields(object: &JsValue, count: u32) -> bool {
    let object = object.dyn_ref::<Object>();
    object.is_some_and(|object| Object::keys(object).length() == count)
}
