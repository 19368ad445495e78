mod corruption;
mod definitions;
mod formats;
mod model;
mod series;
mod validation;
