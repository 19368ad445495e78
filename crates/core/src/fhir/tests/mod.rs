mod corruption;
mod definitions;
mod formats;
mod model;
mod validation;
