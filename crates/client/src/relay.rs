//! Verbs of people who have no ether: they sign a request (ERC-2771), and anyone who has ether sends it.
//!
//! The request names verb, arguments, gas and a deadline, and is signed for one forwarder on one chain after EIP-712. The
//! forwarder is OpenZeppelin's `ERC2771Forwarder`: it passes on only what the account signed, once, and in the order of
//! the account's nonces. Who sends it learns no more than the chain does and can change nothing; it can only fail to
//! send. `Participants`, `Pharmacy` and `Appointments` take such requests.
//!
//! 1. [`Call::sign_request`] asks the chain whether the verb would be refused, and signs.
//! 2. The [`SignedRequest`] goes as a JSON file to whoever sends it.
//! 3. [`Suite::relay`] looks at everything that the forwarder would refuse and tries the verb as its signer, since the
//!    forwarder itself gives no reasons; the answer is a [`Call`] to be sent as any other.

use alloy::primitives::aliases::U48;
use alloy::primitives::{Address, Bytes, Signature, U256};
use alloy::providers::Provider as _;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::{Eip712Domain, SolCall, SolStruct as _};
use theriac_bindings::forwarder::ERC2771Forwarder as abi;

use crate::call::Call;
use crate::chain::Chain;
use crate::eip712;
use crate::error::Result;
use crate::suite::Suite;

/// Version of the files.
const VERSION: u32 = 1;
/// Gas beyond the estimate: until the request is sent, a storage slot more may have to be written.
const SPARE_GAS: u64 = 50_000;
/// More gas than any verb needs; who relays pays for it.
const MOST_GAS: u64 = 16_000_000;

/// A verb that its signer lets anyone send, once. As JSON it is the file that is handed over.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedRequest {
    /// Version of this form, 1.
    pub v: u32,
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// The forwarder that passes it on.
    pub forwarder: Address,
    /// Who acts, and signed.
    pub from: Address,
    /// The room.
    pub to: Address,
    /// Gas of the verb.
    pub gas: u64,
    /// How many requests of this account the forwarder passed on before.
    pub nonce: u64,
    /// Last second in which it can be sent, since 1970-01-01 UTC.
    pub deadline: u64,
    /// The ABI-encoded verb.
    pub data: Bytes,
    /// 65 bytes: r, s, v.
    pub signature: Bytes,
}

/// Why a request cannot be relayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The file is no request.
    #[error("this is no signed request ({0}): ask its signer for the file again")]
    NoRequest(String),
    /// A form of another version.
    #[error("the request is of version {0}, and this program knows version {VERSION}: use programs of one version")]
    OtherVersion(u32),
    /// For another chain.
    #[error("the request is for chain {signed}, not for {here}: send it to a node of chain {signed}")]
    OtherChain {
        /// What the signer meant.
        signed: u64,
        /// Where it was to be sent.
        here: u64,
    },
    /// For another forwarder.
    #[error(
        "the request is for the forwarder {signed}, and that of this deployment is {here}: ask the signer to sign again with this deployment's file"
    )]
    OtherForwarder {
        /// What the signer meant.
        signed: Address,
        /// The deployment's.
        here: Address,
    },
    /// The target does not take requests.
    #[error("{0} takes no relayed requests; the rooms that do are Participants, Pharmacy and Appointments")]
    OtherTarget(Address),
    /// Not what was signed.
    #[error("{0} did not sign this request: it was changed on its way, or signed with another key. Ask for it again")]
    NotSigned(Address),
    /// Sent already.
    #[error(
        "request {nonce} of {from} was sent already, as all before {next}: nothing is to be done, or the signer signs anew"
    )]
    Spent {
        /// Who signed.
        from: Address,
        /// The request's number.
        nonce: u64,
        /// The number that is next.
        next: u64,
    },
    /// An earlier one has to be sent first.
    #[error("this is request {nonce} of {from}, and {next} is next: send the earlier ones first")]
    NotYet {
        /// Who signed.
        from: Address,
        /// The request's number.
        nonce: u64,
        /// The number that is next.
        next: u64,
    },
    /// Too late.
    #[error("the request could be sent until second {deadline}, and now is {now}: ask {from} to sign it again")]
    Expired {
        /// Who signed.
        from: Address,
        /// Its last second.
        deadline: u64,
        /// Time of the newest block.
        now: u64,
    },
    /// More gas than any verb needs.
    #[error("the request asks for {0} gas, more than any verb needs ({MOST_GAS}): do not send it")]
    TooMuchGas(u64),
}

impl SignedRequest {
    /// Reads a file, and looks whether its signature is of `from` over everything else in it.
    pub fn read(text: &str) -> Result<Self, RelayError> {
        let request: Self = serde_json::from_str(text).map_err(|error| RelayError::NoRequest(error.to_string()))?;
        if request.v != VERSION {
            return Err(RelayError::OtherVersion(request.v));
        }
        request.check_signature()?;
        Ok(request)
    }

    /// The file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and hexadecimal digits can be written")
    }

    /// Whether `from` signed exactly this.
    pub fn check_signature(&self) -> Result<(), RelayError> {
        let hash = self.unsigned().eip712_signing_hash(&self.domain());
        // With s in the lower half of the order, as the forwarder wants it.
        let signer = Signature::from_raw(&self.signature)
            .ok()
            .filter(|signature| self.signature.len() == 65 && signature.normalize_s().is_none())
            .and_then(|signature| signature.recover_address_from_prehash(&hash).ok());
        if signer == Some(self.from) { Ok(()) } else { Err(RelayError::NotSigned(self.from)) }
    }

    fn unsigned(&self) -> eip712::ForwardRequest {
        eip712::ForwardRequest {
            from: self.from,
            to: self.to,
            value: U256::ZERO,
            gas: U256::from(self.gas),
            nonce: U256::from(self.nonce),
            deadline: U48::saturating_from(self.deadline),
            data: self.data.clone(),
        }
    }

    fn domain(&self) -> Eip712Domain {
        eip712::domain(eip712::FORWARDER, self.chain_id, self.forwarder)
    }
}

impl<C: SolCall + Clone + Send + Sync> Call<C> {
    /// Signs this verb for whoever sends it within `lifetime` seconds. What the room would refuse now is refused here.
    pub async fn sign_request(&self, lifetime: u64) -> Result<SignedRequest> {
        let chain = self.suite.chain();
        let (signer, forwarder) = (chain.signer()?, self.suite.deployment().forwarder);
        self.suite.check_target(self.to)?;
        let mut request = SignedRequest {
            v: VERSION,
            chain_id: chain.chain_id(),
            forwarder,
            from: signer.address(),
            to: self.to,
            gas: self.estimate().await?.saturating_add(SPARE_GAS),
            nonce: self.suite.next_request_of(signer.address()).await?,
            deadline: chain.now().await?.saturating_add(lifetime),
            data: self.calldata(),
            signature: Bytes::new(),
        };
        let signature = signer.sign_typed(&request.unsigned(), &request.domain()).await?;
        request.signature = signature.as_bytes().to_vec().into();
        Ok(request)
    }
}

impl Suite {
    /// The request as a call to the forwarder, once nothing is left that would be refused now.
    pub async fn relay(&self, request: &SignedRequest) -> Result<Call<abi::executeCall>> {
        let here = self.deployment();
        if request.chain_id != here.chain_id {
            return Err(RelayError::OtherChain { signed: request.chain_id, here: here.chain_id }.into());
        }
        if request.forwarder != here.forwarder {
            return Err(RelayError::OtherForwarder { signed: request.forwarder, here: here.forwarder }.into());
        }
        request.check_signature()?;
        self.check_target(request.to)?;
        if request.gas > MOST_GAS {
            return Err(RelayError::TooMuchGas(request.gas).into());
        }
        self.check_moment(request).await?;
        self.try_forwarded(request).await?;
        Ok(self.call(here.forwarder, abi::executeCall { request: request.into() }))
    }

    /// How many requests of `account` were passed on, which is the number of the next.
    pub async fn next_request_of(&self, account: Address) -> Result<u64> {
        let call = self.call(self.deployment().forwarder, abi::noncesCall { owner: account });
        Ok(call.ask().await?.saturating_to())
    }

    fn check_target(&self, to: Address) -> Result<(), RelayError> {
        let rooms = self.deployment();
        let takes = [rooms.participants, rooms.pharmacy, rooms.appointments].contains(&to);
        if takes { Ok(()) } else { Err(RelayError::OtherTarget(to)) }
    }

    async fn check_moment(&self, request: &SignedRequest) -> Result<()> {
        let &SignedRequest { from, nonce, deadline, .. } = request;
        let next = self.next_request_of(from).await?;
        let now = self.chain().now().await?;
        match nonce.cmp(&next) {
            std::cmp::Ordering::Less => Err(RelayError::Spent { from, nonce, next }.into()),
            std::cmp::Ordering::Greater => Err(RelayError::NotYet { from, nonce, next }.into()),
            std::cmp::Ordering::Equal if deadline < now => Err(RelayError::Expired { from, deadline, now }.into()),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }

    /// Calls the room as the forwarder would, for the reason of a refusal: the forwarder tells only that there is one.
    async fn try_forwarded(&self, request: &SignedRequest) -> Result<()> {
        let chain: &Chain = self.chain();
        let name = self.contract_at(request.to).unwrap_or("contract");
        let data: Bytes = [request.data.as_ref(), request.from.as_slice()].concat().into();
        let call = TransactionRequest::default().from(request.forwarder).to(request.to).input(data.into());
        chain.asked(&format!("{name}, as {} asks,", request.from), chain.provider().call(call).await)?;
        Ok(())
    }
}

impl From<&SignedRequest> for abi::ForwardRequestData {
    fn from(request: &SignedRequest) -> Self {
        Self {
            from: request.from,
            to: request.to,
            value: U256::ZERO,
            gas: U256::from(request.gas),
            deadline: U48::saturating_from(request.deadline),
            data: request.data.clone(),
            signature: request.signature.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;

    use super::*;
    use crate::signer::{Secret, Signer};

    async fn signed() -> SignedRequest {
        let key = Secret::new("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        let signer = Signer::from_private_key(&key).unwrap();
        let mut request = SignedRequest {
            v: VERSION,
            chain_id: 31_337,
            forwarder: address!("00000000000000000000000000000000000000f0"),
            from: signer.address(),
            to: address!("00000000000000000000000000000000000000a0"),
            gas: 200_000,
            nonce: 3,
            deadline: 1_800_000_000,
            data: vec![1, 2, 3, 4].into(),
            signature: Bytes::new(),
        };
        let signature = signer.sign_typed(&request.unsigned(), &request.domain()).await.unwrap();
        request.signature = signature.as_bytes().to_vec().into();
        request
    }

    #[tokio::test]
    async fn a_file_is_read_as_it_was_signed() {
        let request = signed().await;
        assert_eq!(SignedRequest::read(&request.to_json()), Ok(request));
    }

    #[test]
    fn the_struct_has_the_type_of_the_forwarder() {
        assert_eq!(
            eip712::ForwardRequest::eip712_root_type(),
            "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
        );
    }

    #[tokio::test]
    async fn every_change_on_the_way_is_noticed() {
        let request = signed().await;
        let changes: [fn(&mut SignedRequest); 9] = [
            |r| r.chain_id += 1,
            |r| r.forwarder = Address::repeat_byte(1),
            |r| r.from = Address::repeat_byte(1),
            |r| r.to = Address::repeat_byte(1),
            |r| r.gas += 1,
            |r| r.nonce += 1,
            |r| r.deadline += 1,
            |r| r.data = vec![1, 2, 3, 5].into(),
            |r| r.signature = r.signature[..64].to_vec().into(),
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let mut changed = request.clone();
            change(&mut changed);
            let read = SignedRequest::read(&changed.to_json());
            assert_eq!(read, Err(RelayError::NotSigned(changed.from)), "change {place}");
        }
    }

    #[tokio::test]
    async fn what_is_no_request_is_named() {
        let text = signed().await.to_json();
        let read = |text: &str| SignedRequest::read(text).unwrap_err();
        assert_eq!(read(&text.replace("\"v\": 1", "\"v\": 2")), RelayError::OtherVersion(2));
        for text in ["", "{}", &text[..text.len() / 2], &text.replace("\"gas\": 200000", "\"gas\": -1")] {
            assert!(matches!(read(text), RelayError::NoRequest(_)), "{text}");
        }
        assert!(matches!(read(&text.replacen('{', "{\"value\": 7,", 1)), RelayError::NoRequest(_)));
    }
}
