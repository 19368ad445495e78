use alloy_primitives::{Address, B256, Signature, U256, b256, keccak256};
use proptest::prelude::*;

use super::*;
use crate::content::Codec;
use crate::ids::Agency;
use crate::udi::Udi;

fn record() -> PurchaseRecord {
    let udi = "(01)09506000134352(17)281231(10)A1(21)SN-42".to_owned();
    let item = Udi::parse(&udi, 2026).unwrap().item_id().unwrap();
    PurchaseRecord {
        chain_id: 31337,
        market: Address::repeat_byte(0x11),
        purchase: B256::repeat_byte(0x22),
        offer: B256::repeat_byte(0x33),
        buyer: Party {
            account: Address::repeat_byte(0x44),
            name: "Kantonsspital Musterstadt".into(),
            address: Some("Spitalgasse 1, 9999 Musterstadt".into()),
        },
        seller: Party { account: Address::repeat_byte(0x55), name: "Example Devices AG".into(), address: None },
        items: vec![PurchasedItem {
            item,
            udi,
            description: "Patient monitor".into(),
            unit_price: Amount(U256::from(1_250_500_000_u64)),
        }],
        price: Price {
            amount: Amount(U256::from(1_250_500_000_u64)),
            token: Address::repeat_byte(0x66),
            symbol: "USDC".into(),
            decimals: 6,
        },
        delivery_address: Some("Warenannahme, Hintere Gasse 3, 9999 Musterstadt".into()),
        notes: Some("Ring twice; ask for Frau Müller.".into()),
        bought_at: "2026-01-31T08:00:00Z".parse().unwrap(),
        ship_until: Some("2026-02-07T08:00:00Z".parse().unwrap()),
        inspect_until: None,
        return_until: None,
    }
}

fn identities<const N: usize>() -> [Identity; N] {
    std::array::from_fn(|_| Identity::generate())
}

fn readers(identities: &[Identity]) -> Vec<Reader> {
    identities.iter().map(|identity| identity.public().unwrap().into()).collect()
}

fn opened(envelope: &[u8], identity: &Identity) -> Result<Opened> {
    open(envelope, Key::Identities(std::slice::from_ref(identity)))
}

/// As [`seal_with_passphrase`], with a key that is fast to derive.
fn cheap(passphrase: &Passphrase, form: PassphraseForm) -> Vec<u8> {
    let inside = record().canonical().unwrap();
    match form {
        PassphraseForm::Age => age_form::seal_with_passphrase(&inside, passphrase, 2).unwrap(),
        PassphraseForm::Cms(cipher) => cms::seal(&inside, passphrase, cipher, 2).unwrap(),
    }
}

const FORMS: [PassphraseForm; 4] = [
    PassphraseForm::Age,
    PassphraseForm::Cms(Cipher::Des),
    PassphraseForm::Cms(Cipher::TripleDes),
    PassphraseForm::Cms(Cipher::Aes256),
];

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text).unwrap()
}

#[test]
fn each_reader_opens_and_nobody_else() {
    let [buyer, seller, regulator, stranger] = identities();
    let readers = readers(&[buyer.clone(), seller.clone(), regulator.clone()]);
    let sealed = seal(&record(), &readers).unwrap();
    for identity in [buyer, seller, regulator] {
        let opened = opened(&sealed.bytes, &identity).unwrap();
        assert_eq!(opened, Opened { record: record(), readers: readers.clone(), warnings: vec![] });
    }
    assert!(matches!(opened(&sealed.bytes, &stranger), Err(EnvelopeError::NotForThisKey)));
    let guess = open(&sealed.bytes, Key::Passphrase(&passphrase("guess")));
    assert!(matches!(guess, Err(EnvelopeError::NeedsIdentity)));
    assert!(matches!(open(&sealed.bytes, Key::Identities(&[])), Err(EnvelopeError::NotForThisKey)));
}

#[test]
fn a_passphrase_opens_every_form_and_a_wrong_one_none() {
    let right = passphrase("correct horse");
    for form in FORMS {
        let envelope = cheap(&right, form);
        assert_eq!(open(&envelope, Key::Passphrase(&right)).unwrap().record, record(), "{form:?}");
        let wrong = open(&envelope, Key::Passphrase(&passphrase("battery staple")));
        assert!(matches!(wrong, Err(EnvelopeError::WrongPassphrase)), "{form:?}");
        let keys = open(&envelope, Key::Identities(&identities::<1>()));
        assert!(matches!(keys, Err(EnvelopeError::NeedsPassphrase)), "{form:?}");
        let shared = share(&envelope, &identities::<1>(), &Changes::default());
        assert!(matches!(shared, Err(EnvelopeError::NeedsPassphrase)), "{form:?}");
    }
}

#[test]
fn what_is_written_for_a_passphrase_is_slow_to_guess() {
    let secret = passphrase("correct horse");
    for (form, warnings) in [
        (PassphraseForm::Age, vec![]),
        (PassphraseForm::Cms(Cipher::Des), vec![Warning::BrokenCipher(Cipher::Des)]),
        (PassphraseForm::Cms(Cipher::Aes256), vec![]),
    ] {
        let sealed = seal_with_passphrase(&record(), &secret, form).unwrap();
        assert_eq!(sealed.warnings, warnings);
        let inspected = inspect(&sealed.bytes).unwrap();
        match (form, inspected.lock) {
            (PassphraseForm::Age, Lock::AgePassphrase { work_factor }) => assert_eq!(work_factor, WORK_FACTOR),
            (PassphraseForm::Cms(chosen), Lock::CmsPassphrase { cipher, key_cipher, hash, rounds }) => {
                assert_eq!((cipher, key_cipher, hash, rounds), (chosen, chosen, Hash::Sha256, MIN_ROUNDS));
                assert_eq!(inspected.warnings, [warnings, vec![Warning::NoIntegrity]].concat());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(open(&sealed.bytes, Key::Passphrase(&secret)).unwrap().record, record());
    }
}

#[test]
fn a_reader_comes_one_changes_its_key_and_one_goes() {
    let [buyer, seller, new_seller, regulator] = identities();
    let first = seal(&record(), &readers(&[buyer.clone(), seller.clone()])).unwrap();
    let public = |identity: &Identity| identity.public().unwrap();

    let changes = Changes { add: readers(std::slice::from_ref(&regulator)), ..Changes::default() };
    let second = share(&first.bytes, std::slice::from_ref(&buyer), &changes).unwrap();
    assert_eq!(second.readers, readers(&[buyer.clone(), seller.clone(), regulator.clone()]));
    assert_eq!(opened(&second.bytes, &regulator).unwrap().record, record());
    // The first file stays what it was, and the second is another.
    assert!(matches!(opened(&first.bytes, &regulator), Err(EnvelopeError::NotForThisKey)));
    assert_ne!(address(&first.bytes).unwrap(), address(&second.bytes).unwrap());

    let replace = vec![(public(&seller), public(&new_seller).into())];
    let third =
        share(&second.bytes, std::slice::from_ref(&seller), &Changes { replace, ..Changes::default() }).unwrap();
    assert!(matches!(opened(&third.bytes, &seller), Err(EnvelopeError::NotForThisKey)));
    assert_eq!(
        opened(&third.bytes, &new_seller).unwrap().readers,
        readers(&[buyer.clone(), new_seller, regulator.clone()])
    );

    let remove = Changes { remove: vec![public(&regulator)], ..Changes::default() };
    let fourth = share(&third.bytes, std::slice::from_ref(&buyer), &remove).unwrap();
    assert!(matches!(opened(&fourth.bytes, &regulator), Err(EnvelopeError::NotForThisKey)));
    assert_eq!(opened(&third.bytes, &regulator).unwrap().record, record());
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let [buyer, seller, stranger] = identities();
    let both = readers(&[buyer.clone(), seller]);
    let sealed = seal(&record(), &both).unwrap();
    let shared = |changes: Changes| share(&sealed.bytes, std::slice::from_ref(&buyer), &changes).unwrap_err();
    let keys: Vec<_> = both.iter().map(|reader| reader.key).collect();
    let unknown = stranger.public().unwrap();

    let twice = shared(Changes { add: vec![both[0]], ..Changes::default() });
    assert!(matches!(twice, EnvelopeError::AlreadyReader(key) if key == keys[0]));
    let nobody = shared(Changes { remove: vec![unknown], ..Changes::default() });
    assert!(matches!(nobody, EnvelopeError::NotAReader(key) if key == unknown));
    let all = shared(Changes { remove: keys.clone(), ..Changes::default() });
    assert!(matches!(all, EnvelopeError::NoReaders));
    let onto = shared(Changes { replace: vec![(keys[0], both[1])], ..Changes::default() });
    assert!(matches!(onto, EnvelopeError::AlreadyReader(_)));
    assert!(matches!(seal(&record(), &[]), Err(EnvelopeError::NoReaders)));
    assert!(matches!(seal(&record(), &[both[0], both[0]]), Err(EnvelopeError::AlreadyReader(_))));
    let many = readers(&identities::<{ MAX_READERS + 1 }>());
    assert!(matches!(seal(&record(), &many), Err(EnvelopeError::TooManyReaders(257))));
    let most = seal(&record(), &many[..MAX_READERS]).unwrap();
    assert_eq!(inspect(&most.bytes).unwrap().lock, Lock::AgeKeys { readers: MAX_READERS, other_readers: 0 });
}

#[test]
fn a_list_of_readers_that_is_not_true_is_told() {
    let [reader, other] = identities();
    // As another program seals it: the record alone, and a list that names somebody else.
    let bare = age_form::seal(&record().canonical().unwrap(), &readers(std::slice::from_ref(&reader))).unwrap();
    let told = opened(&bare, &reader).unwrap();
    assert_eq!(told.record, record());
    assert_eq!(told.warnings, [Warning::ReadersDiffer { listed: 0, sealed: 1 }, Warning::OpenerNotListed]);

    let fields = serde_json::from_slice(&record().canonical().unwrap()).unwrap();
    let lie = SealedPurchase { readers: readers(&[other]), record: fields }.canonical().unwrap();
    let lying = age_form::seal(&lie, &readers(std::slice::from_ref(&reader))).unwrap();
    assert_eq!(opened(&lying, &reader).unwrap().warnings, [Warning::OpenerNotListed]);
}

#[test]
fn keys_of_low_order_are_nobodys() {
    // RFC 7748 section 6.1 and what is known of Curve25519: 0, 1, -1, two points of order 8, and those beyond p; each
    // also with the highest bit set, which X25519 passes over.
    let points = [
        B256::ZERO,
        b256!("0100000000000000000000000000000000000000000000000000000000000000"),
        b256!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        b256!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        b256!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        b256!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        b256!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];
    for point in points {
        let mut high = point;
        high[31] |= 0x80;
        for point in [point, high] {
            let refused = PublicKey::new(point.0).unwrap_err();
            assert!(matches!(refused, EnvelopeError::NoKey { key } if key == point));
            assert!(refused.to_string().contains("has no key"), "{refused}");
            assert!(matches!(point.to_string().parse::<PublicKey>(), Err(EnvelopeError::NoKey { .. })));
        }
    }
    let nine = b256!("0900000000000000000000000000000000000000000000000000000000000000");
    assert_eq!(PublicKey::new(nine.0).unwrap().bytes(), nine);
}

#[test]
fn secrets_do_not_print() {
    let identity = Identity::generate();
    let passphrase = passphrase("correct horse");
    assert_eq!(format!("{identity:?} {passphrase:?}"), "Identity(hidden) Passphrase(hidden)");
    assert!(!format!("{:?}", Key::Passphrase(&passphrase)).contains("horse"));
    let error = Identity::read_all("# mine\n\nAGE-SECRET-KEY-1NOT").unwrap_err();
    assert!(matches!(error, EnvelopeError::BadIdentity { line: 3 }));
    assert!(!error.to_string().contains("1NOT"));
    assert!(matches!(Identity::read_all("# none\n"), Err(EnvelopeError::NoIdentity)));
    assert!(matches!(Passphrase::new(""), Err(EnvelopeError::EmptyPassphrase)));
}

#[test]
fn keys_are_read_as_age_and_as_the_chain_write_them() {
    // The pair in the documentation of age.
    let secret = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
    let public = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    let identity: Identity = secret.parse().unwrap();
    assert_eq!(identity.public().unwrap().to_string(), public);
    assert_eq!(identity.expose().as_str(), secret);
    let key: PublicKey = public.parse().unwrap();
    let hex = key.bytes().to_string();
    assert_eq!((hex.parse::<PublicKey>().unwrap(), hex[2..].parse::<PublicKey>().unwrap()), (key, key));
    for wrong in ["", "age1", "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pb", "0x12", secret] {
        assert!(matches!(wrong.parse::<PublicKey>(), Err(EnvelopeError::BadPublicKey(_))), "{wrong}");
    }
}

#[test]
fn a_wallet_that_answers_alike_has_a_reading_key() {
    use alloy::signers::{SignerSync as _, local::PrivateKeySigner};
    let wallet: PrivateKeySigner = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80".parse().unwrap();
    let [first, second] = [(); 2].map(|()| wallet.sign_hash_sync(&reading_key::signing_hash()).unwrap());
    let identity = reading_key::identity_of(&first, &second).unwrap().unwrap();
    // Other programs make the same key: this one is for them to compare with.
    assert_eq!(
        identity.public().unwrap().to_string(),
        "age1fdkztvvr65vhdh2w3ptxkdgl45xnuwspuf70l22sl8p5jnamuf7qnsm0c4"
    );
    let other = Signature::new(first.r(), first.s() + U256::from(1), first.v());
    assert!(reading_key::identity_of(&first, &other).unwrap().is_none());
    // v is written in several ways, and does not count.
    let turned = Signature::new(first.r(), first.s(), !first.v());
    assert_eq!(reading_key::identity_of(&first, &turned).unwrap().unwrap().expose(), identity.expose());
}

#[test]
fn the_message_of_the_reading_key_hashes_as_eip_712_says() {
    let words = |type_name: &str, texts: &[&str]| {
        let words = [keccak256(type_name)].into_iter().chain(texts.iter().map(keccak256));
        keccak256(words.flat_map(|word| word.0).collect::<Vec<_>>())
    };
    let domain = words("EIP712Domain(string name,string version)", &["Theriac", "1"]);
    let message = words("ReadingKey(string purpose)", &[reading_key::PURPOSE]);
    let hash = keccak256([&[0x19, 0x01][..], domain.as_slice(), message.as_slice()].concat());
    assert_eq!(reading_key::signing_hash(), hash);
}

#[test]
fn a_record_is_canonical_and_keeps_to_its_rules() {
    insta::assert_snapshot!(String::from_utf8(record().canonical().unwrap()).unwrap());
    let refused = |change: fn(&mut PurchaseRecord)| {
        let mut record = record();
        change(&mut record);
        match (record.canonical(), seal(&record, &readers(&identities::<1>()))) {
            (Err(DocumentError::Contradiction { problem, .. }), Err(EnvelopeError::Document(_))) => problem,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(|record| record.items.clear()).contains("`items` is empty"));
    assert!(refused(|record| record.items.push(record.items[0].clone())).contains("stands in it twice"));
    assert!(refused(|record| record.seller.account = record.buyer.account).contains("one account"));
    assert!(refused(|record| record.price.amount.0 += U256::from(1)).contains("add up to 1250500000"));
    assert!(refused(|record| record.items[0].item.0[31] ^= 1).contains("names the item"));
    assert!(refused(|record| record.items[0].udi = "(01)09506000134352".into()).contains("names no unit"));
    assert!(refused(|record| record.ship_until = Some("2026-01-30T08:00:00Z".parse().unwrap())).contains("before"));
}

#[test]
fn fields_that_nobody_knows_are_refused() {
    let text = String::from_utf8(record().canonical().unwrap()).unwrap();
    let with =
        |from: &str, to: &str| PurchaseRecord::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
    assert!(with("\"notes\"", "\"note\"").contains("unknown field `note`"));
    assert!(with("\"1250500000\"", "1250500000").contains("at `items[0].unitPrice`"));
    assert!(with("\"1250500000\"", "\"01250500000\"").contains("without sign, point or leading zeros"));
    assert!(with("\"purchase\",\"v\"", "\"recall\",\"v\"").contains("type \"purchase\" is wanted"));
    assert!(with("\"v\":1", "\"v\":2").contains("this program reads 1"));
}

#[test]
fn amounts_are_written_as_people_do() {
    let price = |amount: &str, decimals| {
        Price { amount: amount.parse().unwrap(), token: Address::ZERO, symbol: "X".into(), decimals }.to_string()
    };
    assert_eq!(price("1250500000", 6), "1250.500000 X");
    assert_eq!(price("5", 2), "0.05 X");
    assert_eq!(price("0", 0), "0 X");
    assert_eq!(price("12", 0), "12 X");
    let large = U256::MAX.to_string();
    assert_eq!(large.parse::<Amount>(), Ok(Amount(U256::MAX)));
    for wrong in ["", "-1", "+1", "1.0", "00", "01", " 1", "1_000", &format!("{large}0")] {
        assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
    }
}

#[test]
fn the_digest_is_that_of_the_file_and_of_a_tree_where_it_is_large() {
    let readers = readers(&identities::<3>());
    let small = seal(&record(), &readers).unwrap();
    let inspected = inspect(&small.bytes).unwrap();
    assert_eq!(inspected.content, ContentAddress::of_block(Codec::Raw, &small.bytes));
    assert_eq!((inspected.size, inspected.warnings), (small.bytes.len(), vec![]));
    assert_eq!(inspected.lock, Lock::AgeKeys { readers: 3, other_readers: 0 });

    let large = PurchaseRecord { notes: Some("n".repeat(2 << 20)), ..record() };
    let large = seal(&large, &readers).unwrap();
    assert_eq!(inspect(&large.bytes).unwrap().content, content::address(large.bytes.as_slice()).unwrap());
    assert_eq!(address(&large.bytes).unwrap().codec, Codec::DagPb);
    let huge = PurchaseRecord { notes: Some("n".repeat(MAX_SIZE)), ..record() };
    assert!(matches!(seal(&huge, &readers), Err(EnvelopeError::TooLarge { .. })));
}

#[test]
fn files_that_ask_for_too_much_are_refused_at_once() {
    let secret = passphrase("correct horse");
    let aes = cheap(&secret, PassphraseForm::Cms(Cipher::Aes256));
    assert!(inspect(&aes).unwrap().warnings.contains(&Warning::FewRounds(2)));
    let mut greedy = cms::Parsed::read(&aes).unwrap();
    greedy.rounds = MAX_ROUNDS + 1;
    let refused = greedy.open(&secret).unwrap_err();
    assert!(matches!(&refused, EnvelopeError::TooMuchWork { asked } if asked.contains("10000001")), "{refused}");
    greedy.rounds = 0;
    assert!(matches!(greedy.open(&secret), Err(EnvelopeError::Malformed { .. })));

    let age = cheap(&secret, PassphraseForm::Age);
    let text = String::from_utf8_lossy(&age[..80]).into_owned();
    let stanza = text.lines().nth(1).unwrap();
    assert!(stanza.starts_with("-> scrypt ") && stanza.ends_with(" 2"), "{stanza}");
    let greedy = age_with(&age, " 2\n", " 21\n");
    let refused = open(&greedy, Key::Passphrase(&secret)).unwrap_err();
    assert!(matches!(&refused, EnvelopeError::TooMuchWork { asked } if asked.contains("21")), "{refused}");
    let long = [b"age-encryption.org/v1\n".to_vec(), b"-> X25519 a\n\n".repeat(100_000)].concat();
    assert!(matches!(inspect(&long), Err(EnvelopeError::Malformed { .. })));
    let huge = vec![0x30; MAX_SIZE + 1];
    assert!(matches!(inspect(&huge), Err(EnvelopeError::TooLarge { .. })));
}

/// The file with the first `from` in it replaced.
fn age_with(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let place = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    [&bytes[..place], to.as_bytes(), &bytes[place + from.len()..]].concat()
}

#[test]
fn other_files_are_not_envelopes() {
    for bytes in [&b""[..], b"{}", b"-----BEGIN CMS-----\n", b"age", b"hello"] {
        assert!(matches!(inspect(bytes), Err(EnvelopeError::NotAnEnvelope)), "{bytes:?}");
        let opened = open(bytes, Key::Identities(&identities::<1>()));
        assert!(matches!(opened, Err(EnvelopeError::NotAnEnvelope)), "{bytes:?}");
    }
    let record = record();
    let sealed = seal(&record, &readers(&identities::<1>())).unwrap();
    assert!(!sealed.bytes.windows(6).any(|window| window == b"Muster"), "the record shows");
    assert_eq!(record.items[0].item.lot(), crate::ids::ModelId::new(Agency::Gs1, "09506000134352").lot("A1"));
}

/// Envelopes of every form, cheap to open.
fn all_forms() -> (Identity, Passphrase, Vec<Vec<u8>>) {
    let identity = Identity::generate();
    let secret = passphrase("correct horse");
    let mut all: Vec<_> = FORMS.into_iter().map(|form| cheap(&secret, form)).collect();
    all.push(seal(&record(), &readers(std::slice::from_ref(&identity))).unwrap().bytes);
    (identity, secret, all)
}

/// age tries how fast the machine is before it opens with a passphrase, which takes some milliseconds each time.
fn step(form: usize) -> usize {
    if form == 0 { 7 } else { 1 }
}

#[test]
fn what_is_cut_short_does_not_open() {
    let (identity, secret, all) = all_forms();
    for (form, envelope) in all.iter().enumerate() {
        let key = match form {
            4 => Key::Identities(std::slice::from_ref(&identity)),
            _ => Key::Passphrase(&secret),
        };
        for length in (0..envelope.len()).step_by(step(form)) {
            assert!(open_bytes(&envelope[..length], key).is_err(), "form {form}, {length}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        head in proptest::sample::select(vec![&b""[..], b"age-encryption.org/v1\n", b"\x30\x82", b"-----BEGIN AGE ENCRYPTED FILE-----\n"]),
        tail in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = [head, &tail].concat();
        let _ = inspect(&bytes);
        prop_assert!(open_bytes(&bytes, Key::Identities(&identities::<1>())).is_err());
        prop_assert!(open_bytes(&bytes, Key::Passphrase(&passphrase("p"))).is_err());
    }

    #[test]
    fn no_text_makes_the_readers_of_text_panic(text in ".{0,100}", json in "[\\[\\]{}\":,a-z0-9.-]{0,60}") {
        let _ = (text.parse::<PublicKey>(), text.parse::<Amount>(), Identity::read_all(&text));
        let _ = (PurchaseRecord::parse(json.as_bytes()), SealedPurchase::parse(json.as_bytes()));
    }

    #[test]
    fn a_key_is_read_back(bytes in any::<[u8; 32]>()) {
        if let Ok(key) = PublicKey::new(bytes) {
            prop_assert_eq!(key.to_string().parse::<PublicKey>().unwrap(), key);
            prop_assert_eq!(serde_json::from_value::<PublicKey>(serde_json::json!(key)).unwrap(), key);
        }
    }
}

#[test]
fn what_is_altered_is_noticed_by_age_and_not_by_cms() {
    let (identity, secret, all) = all_forms();
    let identities = std::slice::from_ref(&identity);
    for (form, envelope) in all.into_iter().enumerate() {
        let key = if form == 4 { Key::Identities(identities) } else { Key::Passphrase(&secret) };
        let whole = open_bytes(&envelope, key).unwrap().bytes;
        let mut unnoticed = 0;
        for place in (0..envelope.len()).step_by(step(form)) {
            let mut altered = envelope.clone();
            altered[place] ^= 1 << (place % 8);
            // A flipped bit can ask for a million rounds; that they are counted before is tested above.
            match inspect(&altered).map(|told| told.lock) {
                Ok(Lock::CmsPassphrase { rounds, .. }) if rounds > 1000 => continue,
                Ok(Lock::AgePassphrase { work_factor }) if work_factor > 8 => continue,
                _ => {}
            }
            unnoticed += usize::from(open_bytes(&altered, key).is_ok_and(|opened| opened.bytes != whole));
        }
        // What the warning of CMS says: the content's blocks can be changed.
        assert_eq!(unnoticed > 0, (1..4).contains(&form), "form {form}: {unnoticed}");
    }
}

#[test]
fn anything_is_sealed_for_its_readers_and_for_nobody_else() {
    let [one, other] = identities();
    let sealed = seal_bytes(b"papers", &readers(std::slice::from_ref(&one))).unwrap();
    let opened = |identity| open_bytes(&sealed.bytes, Key::Identities(std::slice::from_ref(identity)));
    assert_eq!(opened(&one).unwrap().bytes, b"papers");
    assert!(matches!(opened(&other), Err(EnvelopeError::NotForThisKey)));
    assert!(matches!(seal_bytes(b"papers", &[]), Err(EnvelopeError::NoReaders)));
}
