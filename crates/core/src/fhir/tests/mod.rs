mod formats;
mod validation;
