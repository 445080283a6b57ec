//! The stores of the survey: twenty of our own making, with the faults that the real list has. One id has ten digits, some
//! coordinates are swapped, nonsense or missing.

use crate::stubs::{tsv, xml::element};

/// No good costs less.
pub(super) const MIN_PRICE_KRW: u64 = 100;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) id: &'static str,
    kind: &'static str,
    area: &'static str,
    /// Latitude and longitude, as they are given out; empty for none.
    at: [&'static str; 2],
    name: &'static str,
    address: &'static str,
}

pub(super) fn stores() -> impl Iterator<Item = Store> {
    let rows = tsv::rows(include_str!("stores.tsv"));
    rows.map(|[id, kind, area, latitude, longitude, name, address]| Store {
        id,
        kind,
        area,
        at: [latitude, longitude],
        name,
        address,
    })
}

/// The elements of all stores, or of one.
pub(super) fn xml(id: &str) -> String {
    let stores = stores().filter(|store| id.is_empty() || store.id == id);
    stores.map(|store| store.xml()).collect()
}

impl Store {
    fn xml(&self) -> String {
        let [latitude, longitude] = self.at;
        let coordinate = |name, value: &str| {
            if value.is_empty() { String::new() } else { element(name, value) }
        };
        let parts = [
            element("entpId", self.id),
            element("entpName", self.name),
            element("entpTypeCode", self.kind),
            element("entpAreaCode", self.area),
            element("plmkAddrBasic", self.address),
            // The names say x and y; x holds the latitude.
            coordinate("xMapCoord", latitude),
            coordinate("yMapCoord", longitude),
        ];
        let name = "iros.openapi.service.vo.entpInfoVO";
        format!("<{name}>{}</{name}>", parts.concat())
    }
}
