//! The client against a real anvil.

#[cfg(test)]
mod house;
#[cfg(test)]
mod market;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod rooms;
