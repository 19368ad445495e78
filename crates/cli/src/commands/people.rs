//! Accounts as people read them: the chain has no names of organisations, only roles.

use std::collections::HashMap;

use alloy_primitives::Address;
use theriac_client::{Roles, Suite};

use crate::failure::Failure;

/// The roles of accounts, each asked for once.
#[derive(Debug)]
pub(crate) struct People<'a> {
    suite: &'a Suite,
    roles: HashMap<Address, Roles>,
}

impl<'a> People<'a> {
    /// Nobody yet.
    pub(crate) fn new(suite: &'a Suite) -> Self {
        Self { suite, roles: HashMap::new() }
    }

    /// The roles in which the account was enrolled last; none if it never was.
    pub(crate) async fn roles(&mut self, account: Address) -> Result<Roles, Failure> {
        if let Some(roles) = self.roles.get(&account) {
            return Ok(*roles);
        }
        let roles = self.suite.participants().participant_of(account).await?.roles;
        self.roles.insert(account, roles);
        Ok(roles)
    }

    /// The account and its roles: `0x… (distributor)`.
    pub(crate) async fn name(&mut self, account: Address) -> Result<String, Failure> {
        let roles = self.roles(account).await?;
        Ok(if roles == Roles::from_bits(0) { account.to_string() } else { format!("{account} ({roles})") })
    }
}
