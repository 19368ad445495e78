//! Places, and the grid of cells that they are coarsened to.
//!
//! The grid has a band for each degree of latitude, about 111 km high, divided into as many columns as make its cells about as wide.
//! So cells have nearly the same area everywhere: near the equator a band has 360, at a pole 3.

use std::f64::consts::PI;
use std::str::FromStr;
use std::sync::LazyLock;

/// Mean radius of the Earth in kilometres (IUGG).
const EARTH_KM: f64 = 6371.0;
const BANDS: usize = 180;

/// A point on the Earth in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    latitude: f64,
    longitude: f64,
}

/// A text or numbers that are no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a place: write latitude and longitude in degrees, as 47.37,8.54, from -90 to 90 and -180 to 180")]
pub struct PlaceError(String);

impl Place {
    /// A point: latitude -90 to 90, longitude -180 to 180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, PlaceError> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            return Ok(Self { latitude, longitude });
        }
        Err(PlaceError(format!("{latitude},{longitude}")))
    }

    /// Some order for places, so that they can be sorted.
    pub(super) fn to_bits(self) -> (u64, u64) {
        (self.latitude.to_bits(), self.longitude.to_bits())
    }

    /// The great-circle distance (haversine formula).
    pub fn kilometres_to(&self, other: &Self) -> f64 {
        let half_sine = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let chord = half_sine(other.latitude - self.latitude) + across * half_sine(other.longitude - self.longitude);
        2.0 * EARTH_KM * chord.min(1.0).sqrt().asin()
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let wrong = || PlaceError(text.to_owned());
        let (latitude, longitude) = text.split_once(',').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        Self::new(number(latitude)?, number(longitude)?).map_err(|_| wrong())
    }
}

/// A cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(u16);

/// How many cells lie south of each band, and all at the end.
static SOUTH_OF: LazyLock<[u16; BANDS + 1]> = LazyLock::new(|| {
    let mut before = [0; BANDS + 1];
    for band in 0..BANDS {
        before[band + 1] = before[band] + columns(band);
    }
    before
});

/// Columns of a band: 360 times the cosine of its middle latitude.
fn columns(band: usize) -> u16 {
    (360.0 * middle(band).to_radians().cos()).round() as u16
}

/// The latitude of a band's middle.
fn middle(band: usize) -> f64 {
    band as f64 - 89.5
}

impl Cell {
    /// No point of a cell is farther from its centre, in kilometres.
    pub const RADIUS_KM: f64 = 100.0;

    /// The cell that a place is in.
    pub fn of(place: &Place) -> Self {
        let band = ((place.latitude + 90.0) as usize).min(BANDS - 1);
        let columns = columns(band);
        let column = ((place.longitude + 180.0) / 360.0 * f64::from(columns)) as u16;
        // 180 degrees east is 180 degrees west.
        Self(SOUTH_OF[band] + column % columns)
    }

    /// Every cell, from south to north.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SOUTH_OF[BANDS]).map(Self)
    }

    /// Its middle.
    pub fn centre(self) -> Place {
        let band = SOUTH_OF.partition_point(|before| *before <= self.0) - 1;
        let width = 360.0 / f64::from(columns(band));
        let longitude = (f64::from(self.0 - SOUTH_OF[band]) + 0.5) * width - 180.0;
        Place { latitude: middle(band), longitude }
    }

    /// What is hashed.
    pub(super) fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

/// Half the way around the Earth in kilometres: nothing is farther.
pub(super) const FARTHEST_KM: f64 = PI * EARTH_KM;
