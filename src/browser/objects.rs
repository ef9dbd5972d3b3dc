//! Objects for JavaScript, written field by field: a crate that does it for any type takes more to download.

use js_sys::{Array, Object, Reflect};
use lectern_core::answer::Quote;
use lectern_core::search::{Explain, Hit, Located, PageHits, Response, Snippet, address};
use lectern_core::shelf::addresses::Entry;
use lectern_core::words::{Correction, Kind, TermScore};
use wasm_bindgen::JsValue;

use crate::names::{mode_name, tier_name};

/// An object that is being written.
#[derive(Default)]
pub(crate) struct Fields(Object);

impl Fields {
    /// Sets a field.
    pub fn set(&self, name: &str, value: impl Into<JsValue>) {
        put(&self.0, name, &value.into());
    }
}

impl From<Fields> for JsValue {
    fn from(fields: Fields) -> Self {
        fields.0.into()
    }
}

/// Not inlined: every field of every object passes here.
#[inline(never)]
fn put(object: &Object, name: &str, value: &JsValue) {
    // Setting a property of a new object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}

/// What JavaScript gets of a value.
pub(crate) trait IntoJs {
    /// The type of the same name in TypeScript.
    fn to_js(&self) -> JsValue;
}

/// An array of values.
pub(crate) fn list<T: IntoJs>(values: &[T]) -> Array {
    values.iter().map(T::to_js).collect()
}

impl IntoJs for String {
    fn to_js(&self) -> JsValue {
        JsValue::from_str(self)
    }
}

impl IntoJs for u32 {
    fn to_js(&self) -> JsValue {
        (*self).into()
    }
}

impl IntoJs for (u32, u32) {
    fn to_js(&self) -> JsValue {
        Array::of2(&self.0.into(), &self.1.into()).into()
    }
}

impl IntoJs for Response {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("query", &*self.query);
        fields.set("mode", mode_name(self.mode));
        fields.set("encoder", tier_name(self.encoder));
        fields.set("pages", list(&self.pages));
        fields.set("corrections", list(&self.corrections));
        if let Some(suggestion) = &self.suggestion {
            fields.set("suggestion", &**suggestion);
        }
        fields.set("relaxed", self.relaxed);
        fields.set("lost", self.lost as u32);
        fields.into()
    }
}

impl IntoJs for Correction {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("from", &*self.from);
        fields.set("to", &*self.to);
        fields.into()
    }
}

impl IntoJs for PageHits {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("url", &*self.url);
        fields.set("title", &*self.title);
        fields.set("hits", list(&self.hits));
        fields.into()
    }
}

impl IntoJs for Hit {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("passage", self.passage);
        fields.set("url", &*self.url);
        fields.set("headings", list(&self.headings));
        fields.set("score", self.score);
        fields.set("snippet", self.snippet.to_js());
        fields.set("duplicates", list(&self.duplicates));
        if let Some(explain) = &self.explain {
            fields.set("explain", explain.to_js());
        }
        fields.into()
    }
}

impl IntoJs for Snippet {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("text", &*self.text);
        fields.set("highlights", list(&self.highlights));
        fields.set("code", self.code);
        fields.into()
    }
}

impl IntoJs for Explain {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("words", self.words);
        fields.set("meaning", self.meaning);
        fields.set("title", self.title);
        fields.set("named", self.named);
        fields.set("prior", self.prior);
        fields.set("bm25", self.bm25);
        fields.set("cosine", self.cosine);
        fields.set("terms", list(&self.terms));
        fields.into()
    }
}

impl IntoJs for TermScore {
    fn to_js(&self) -> JsValue {
        let kind: JsValue = match self.kind {
            Kind::Exact => "exact".into(),
            Kind::Prefix => "prefix".into(),
            Kind::Pair => "pair".into(),
            Kind::Fuzzy { distance } => {
                let (outer, inner) = (Fields::default(), Fields::default());
                inner.set("distance", distance);
                outer.set("fuzzy", inner);
                outer.into()
            }
        };
        let fields = Fields::default();
        fields.set("term", &*self.term);
        fields.set("kind", kind);
        fields.set("idf", self.idf);
        fields.set("tf", self.tf);
        fields.set("score", self.score);
        fields.into()
    }
}

impl IntoJs for Quote {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set("number", self.number);
        fields.set("text", &*self.text);
        fields.set("code", self.code);
        fields.into()
    }
}

impl IntoJs for Entry {
    fn to_js(&self) -> JsValue {
        let fields = Fields::default();
        fields.set(
            "passages",
            list(&self.passages.clone().collect::<Vec<u32>>()),
        );
        fields.set("starters", list(&self.starters));
        fields.into()
    }
}

/// `PassageText` of TypeScript.
pub(crate) fn passage_text(number: u32, located: &Located<'_>) -> JsValue {
    let fields = Fields::default();
    fields.set("passage", number);
    fields.set("url", &*address(located));
    fields.set("title", &*located.page.title);
    fields.set("headings", list(&located.section.headings));
    fields.set("text", &*located.passage.text);
    fields.into()
}
