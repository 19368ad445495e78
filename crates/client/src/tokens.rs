//! ERC-20 tokens, as far as buying with them needs: how they write amounts, allowances, and permits by signature (ERC-2612).

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::{Eip712Domain, SolCall};

use crate::call::Call;
use crate::eip712;
use crate::error::{Error, Result};
use crate::signer::Signer;
use crate::suite::Suite;
use crate::trade::money::Currency;
use crate::trade::{Consent, ETHER};

alloy::sol! {
    /// What is used of ERC-20, ERC-2612 and ERC-5267, and the errors of ERC-6093.
    #[sol(all_derives)]
    #[allow(missing_docs)]
    interface Erc20 {
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidSpender(address spender);

        function name() external view returns (string);
        function symbol() external view returns (string);
        function decimals() external view returns (uint8);
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function approve(address spender, uint256 amount) external returns (bool);
        function nonces(address owner) external view returns (uint256);
        function DOMAIN_SEPARATOR() external view returns (bytes32);
        function eip712Domain() external view returns (
            bytes1 fields,
            string name,
            string version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] extensions
        );
    }
}

/// A token on the chain of a suite.
#[derive(Clone, Debug)]
pub struct Token {
    suite: Suite,
    address: Address,
}

impl Suite {
    /// The token at this address.
    pub fn token(&self, address: Address) -> Token {
        Token { suite: self.clone(), address }
    }

    /// How amounts of the token, or of ether, are written.
    pub async fn currency(&self, token: Address) -> Result<Currency> {
        if token == ETHER {
            return Ok(Currency::ether());
        }
        let asked = self.token(token);
        let (symbol, decimals) =
            tokio::try_join!(asked.view(Erc20::symbolCall {}), asked.view(Erc20::decimalsCall {}))?;
        Ok(Currency::token(token, symbol.as_deref(), decimals))
    }
}

impl Token {
    /// Allows `spender` to take up to `amount` from the caller. Some tokens return nothing, so nothing is read.
    pub fn approve(&self, spender: Address, amount: U256) -> Call<Erc20::approveCall> {
        self.suite.call(self.address, Erc20::approveCall { spender, amount })
    }

    /// How much the account has.
    pub async fn balance_of(&self, account: Address) -> Result<U256> {
        self.required(Erc20::balanceOfCall { account }).await
    }

    /// How much `spender` may take from `owner`.
    pub async fn allowance(&self, owner: Address, spender: Address) -> Result<U256> {
        self.required(Erc20::allowanceCall { owner, spender }).await
    }

    /// Adds the owner's permit for `spender` and exactly `amount` to a consent; false where the token has no permits.
    pub async fn add_permit(
        &self,
        consent: &mut Consent,
        spender: Address,
        amount: U256,
        owner: &Signer,
    ) -> Result<bool> {
        let Some(domain) = self.permit_domain().await? else { return Ok(false) };
        let Some(nonce) = self.view(Erc20::noncesCall { owner: owner.address() }).await? else { return Ok(false) };
        let deadline = U256::from(consent.until);
        let permit = eip712::Permit { owner: owner.address(), spender, value: amount, nonce, deadline };
        consent.permit_until = consent.until;
        consent.permit_signature = owner.sign_typed(&permit, &domain).await?.as_bytes().to_vec().into();
        Ok(true)
    }

    /// The domain of the token's permits: what it tells (ERC-5267), else its name and version 1, and in either case only if the
    /// separator that the token hashes with is that of this domain.
    async fn permit_domain(&self) -> Result<Option<Eip712Domain>> {
        let Some(separator) = self.view(Erc20::DOMAIN_SEPARATORCall {}).await? else { return Ok(None) };
        let told = self.view(Erc20::eip712DomainCall {}).await?;
        let (name, version) = match told {
            Some(told) => (told.name, told.version),
            None => (self.view(Erc20::nameCall {}).await?.unwrap_or_default(), "1".to_owned()),
        };
        let chain_id = Some(U256::from(self.suite.chain().chain_id()));
        let domain =
            Eip712Domain::new(Some(name.into()), Some(version.into()), chain_id, Some(self.address), None::<B256>);
        Ok((domain.separator() == separator).then_some(domain))
    }

    /// A view that not every token has.
    async fn view<C: SolCall + Clone + Send + Sync>(&self, call: C) -> Result<Option<C::Return>> {
        match self.suite.call(self.address, call).ask_plainly().await {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Reverted { .. } | Error::Answer(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A view that every token has.
    async fn required<C: SolCall + Clone + Send + Sync>(&self, call: C) -> Result<C::Return> {
        self.view(call).await?.ok_or(Error::NoToken(self.address))
    }
}
