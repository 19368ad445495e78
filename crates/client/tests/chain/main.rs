//! The client against a real anvil.

mod house;
mod pipeline;
mod rooms;
