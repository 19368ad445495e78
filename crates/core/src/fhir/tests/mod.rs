mod corruption;
mod definitions;
mod figures;
mod formats;
mod model;
mod validation;
