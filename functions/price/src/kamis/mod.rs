//! KAMIS, the price survey of fresh food: a reference price, never a vendor.
