mod corruption;
mod definitions;
mod formats;
mod lines;
mod model;
mod series;
mod validation;
