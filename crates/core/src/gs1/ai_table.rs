//! The application identifiers of GS1, one row per identifier or range, in the columns of the GS1 Barcode Syntax
//! Dictionary: digits, flags (`*` predefined length, `?` allowed as a Digital Link data attribute), parts, title.
//!
//! The whole list is here because a raw element string can only be split by someone who knows every identifier in it.
//! A test compares it with the dictionary, row by row.

use super::charset::CharacterSet;

pub(super) const TABLE: &[Definition] = &[
    row("00", "*?", &[n(18).check_digit()], "SSCC"),
    row("01", "*?", &[n(14).check_digit()], "GTIN"),
    row("02", "*?", &[n(14).check_digit()], "CONTENT"),
    row("03", "*", &[n(14).check_digit()], "MTO GTIN"),
    row("10", "?", &[x_to(20)], "BATCH/LOT"),
    row("11", "*?", &[n(6).date_or_month()], "PROD DATE"),
    row("12", "*?", &[n(6).date_or_month()], "DUE DATE"),
    row("13", "*?", &[n(6).date_or_month()], "PACK DATE"),
    row("15", "*?", &[n(6).date_or_month()], "BEST BEFORE or BEST BY"),
    row("16", "*?", &[n(6).date_or_month()], "SELL BY"),
    row("17", "*?", &[n(6).date_or_month()], "USE BY or EXPIRY"),
    row("20", "*?", &[n(2)], "VARIANT"),
    row("21", "", &[x_to(20)], "SERIAL"),
    row("22", "", &[x_to(20)], "CPV"),
    row("235", "", &[x_to(28)], "TPX"),
    row("240", "?", &[x_to(30)], "ADDITIONAL ID"),
    row("241", "?", &[x_to(30)], "CUST. PART No."),
    row("242", "?", &[n_to(6)], "MTO VARIANT"),
    row("243", "?", &[x_to(20)], "PCN"),
    row("250", "?", &[x_to(30)], "SECONDARY SERIAL"),
    row("251", "?", &[x_to(30)], "REF. TO SOURCE"),
    row("253", "?", &[n(13).check_digit(), x_to(17).optional()], "GDTI"),
    row("254", "", &[x_to(20)], "GLN EXTENSION COMPONENT"),
    row("255", "?", &[n(13).check_digit(), n_to(12).optional()], "GCN"),
    row("30", "?", &[n_to(8)], "VAR. COUNT"),
    row("3100-3105", "*?", &[n(6)], "NET WEIGHT (kg)"),
    row("3110-3115", "*?", &[n(6)], "LENGTH (m)"),
    row("3120-3125", "*?", &[n(6)], "WIDTH (m)"),
    row("3130-3135", "*?", &[n(6)], "HEIGHT (m)"),
    row("3140-3145", "*?", &[n(6)], "AREA (m²)"),
    row("3150-3155", "*?", &[n(6)], "NET VOLUME (l)"),
    row("3160-3165", "*?", &[n(6)], "NET VOLUME (m³)"),
    row("3200-3205", "*?", &[n(6)], "NET WEIGHT (lb)"),
    row("3210-3215", "*?", &[n(6)], "LENGTH (in)"),
    row("3220-3225", "*?", &[n(6)], "LENGTH (ft)"),
    row("3230-3235", "*?", &[n(6)], "LENGTH (yd)"),
    row("3240-3245", "*?", &[n(6)], "WIDTH (in)"),
    row("3250-3255", "*?", &[n(6)], "WIDTH (ft)"),
    row("3260-3265", "*?", &[n(6)], "WIDTH (yd)"),
    row("3270-3275", "*?", &[n(6)], "HEIGHT (in)"),
    row("3280-3285", "*?", &[n(6)], "HEIGHT (ft)"),
    row("3290-3295", "*?", &[n(6)], "HEIGHT (yd)"),
    row("3300-3305", "*?", &[n(6)], "GROSS WEIGHT (kg)"),
    row("3310-3315", "*?", &[n(6)], "LENGTH (m), log"),
    row("3320-3325", "*?", &[n(6)], "WIDTH (m), log"),
    row("3330-3335", "*?", &[n(6)], "HEIGHT (m), log"),
    row("3340-3345", "*?", &[n(6)], "AREA (m²), log"),
    row("3350-3355", "*?", &[n(6)], "VOLUME (l), log"),
    row("3360-3365", "*?", &[n(6)], "VOLUME (m³), log"),
    row("3370-3375", "*?", &[n(6)], "KG PER m²"),
    row("3400-3405", "*?", &[n(6)], "GROSS WEIGHT (lb)"),
    row("3410-3415", "*?", &[n(6)], "LENGTH (in), log"),
    row("3420-3425", "*?", &[n(6)], "LENGTH (ft), log"),
    row("3430-3435", "*?", &[n(6)], "LENGTH (yd), log"),
    row("3440-3445", "*?", &[n(6)], "WIDTH (in), log"),
    row("3450-3455", "*?", &[n(6)], "WIDTH (ft), log"),
    row("3460-3465", "*?", &[n(6)], "WIDTH (yd), log"),
    row("3470-3475", "*?", &[n(6)], "HEIGHT (in), log"),
    row("3480-3485", "*?", &[n(6)], "HEIGHT (ft), log"),
    row("3490-3495", "*?", &[n(6)], "HEIGHT (yd), log"),
    row("3500-3505", "*?", &[n(6)], "AREA (in²)"),
    row("3510-3515", "*?", &[n(6)], "AREA (ft²)"),
    row("3520-3525", "*?", &[n(6)], "AREA (yd²)"),
    row("3530-3535", "*?", &[n(6)], "AREA (in²), log"),
    row("3540-3545", "*?", &[n(6)], "AREA (ft²), log"),
    row("3550-3555", "*?", &[n(6)], "AREA (yd²), log"),
    row("3560-3565", "*?", &[n(6)], "NET WEIGHT (tr oz)"),
    row("3570-3575", "*?", &[n(6)], "NET VOLUME (oz)"),
    row("3600-3605", "*?", &[n(6)], "NET VOLUME (qt (US))"),
    row("3610-3615", "*?", &[n(6)], "NET VOLUME (gal.)"),
    row("3620-3625", "*?", &[n(6)], "VOLUME (qt (US)), log"),
    row("3630-3635", "*?", &[n(6)], "VOLUME (gal (US)), log"),
    row("3640-3645", "*?", &[n(6)], "NET VOLUME (in³)"),
    row("3650-3655", "*?", &[n(6)], "NET VOLUME (ft³)"),
    row("3660-3665", "*?", &[n(6)], "NET VOLUME (yd³)"),
    row("3670-3675", "*?", &[n(6)], "VOLUME (in³), log"),
    row("3680-3685", "*?", &[n(6)], "VOLUME (ft³), log"),
    row("3690-3695", "*?", &[n(6)], "VOLUME (yd³), log"),
    row("37", "?", &[n_to(8)], "COUNT"),
    row("3900-3909", "?", &[n_to(15)], "AMOUNT"),
    row("3910-3919", "?", &[n(3), n_to(15)], "AMOUNT"),
    row("3920-3929", "?", &[n_to(15)], "PRICE"),
    row("3930-3939", "?", &[n(3), n_to(15)], "PRICE"),
    row("3940-3943", "?", &[n(4)], "PRCNT OFF"),
    row("3950-3955", "?", &[n(6)], "PRICE/UoM"),
    row("400", "?", &[x_to(30)], "ORDER NUMBER"),
    row("401", "?", &[x_to(30)], "GINC"),
    row("402", "?", &[n(17).check_digit()], "GSIN"),
    row("403", "?", &[x_to(30)], "ROUTE"),
    row("410", "*?", &[n(13).check_digit()], "SHIP TO LOC"),
    row("411", "*?", &[n(13).check_digit()], "BILL TO"),
    row("412", "*?", &[n(13).check_digit()], "PURCHASE FROM"),
    row("413", "*?", &[n(13).check_digit()], "SHIP FOR LOC"),
    row("414", "*?", &[n(13).check_digit()], "LOC No."),
    row("415", "*?", &[n(13).check_digit()], "PAY TO"),
    row("416", "*?", &[n(13).check_digit()], "PROD/SERV LOC"),
    row("417", "*?", &[n(13).check_digit()], "PARTY"),
    row("420", "?", &[x_to(20)], "SHIP TO POST"),
    row("421", "?", &[n(3), x_to(9)], "SHIP TO POST"),
    row("422", "?", &[n(3)], "ORIGIN"),
    row(
        "423",
        "?",
        &[n(3), n(3).optional(), n(3).optional(), n(3).optional(), n(3).optional()],
        "COUNTRY - INITIAL PROCESS",
    ),
    row("424", "?", &[n(3)], "COUNTRY - PROCESS"),
    row(
        "425",
        "?",
        &[n(3), n(3).optional(), n(3).optional(), n(3).optional(), n(3).optional()],
        "COUNTRY - DISASSEMBLY",
    ),
    row("426", "?", &[n(3)], "COUNTRY - FULL PROCESS"),
    row("427", "?", &[x_to(3)], "ORIGIN SUBDIVISION"),
    row("4300", "?", &[x_to(35)], "SHIP TO COMP"),
    row("4301", "?", &[x_to(35)], "SHIP TO NAME"),
    row("4302", "?", &[x_to(70)], "SHIP TO ADD1"),
    row("4303", "?", &[x_to(70)], "SHIP TO ADD2"),
    row("4304", "?", &[x_to(70)], "SHIP TO SUB"),
    row("4305", "?", &[x_to(70)], "SHIP TO LOC"),
    row("4306", "?", &[x_to(70)], "SHIP TO REG"),
    row("4307", "?", &[x(2)], "SHIP TO COUNTRY"),
    row("4308", "?", &[x_to(30)], "SHIP TO PHONE"),
    row("4309", "?", &[n(10), n(10)], "SHIP TO GEO"),
    row("4310", "?", &[x_to(35)], "RTN TO COMP"),
    row("4311", "?", &[x_to(35)], "RTN TO NAME"),
    row("4312", "?", &[x_to(70)], "RTN TO ADD1"),
    row("4313", "?", &[x_to(70)], "RTN TO ADD2"),
    row("4314", "?", &[x_to(70)], "RTN TO SUB"),
    row("4315", "?", &[x_to(70)], "RTN TO LOC"),
    row("4316", "?", &[x_to(70)], "RTN TO REG"),
    row("4317", "?", &[x(2)], "RTN TO COUNTRY"),
    row("4318", "?", &[x_to(20)], "RTN TO POST"),
    row("4319", "?", &[x_to(30)], "RTN TO PHONE"),
    row("4320", "?", &[x_to(35)], "SRV DESCRIPTION"),
    row("4321", "?", &[n(1)], "DANGEROUS GOODS"),
    row("4322", "?", &[n(1)], "AUTH TO LEAVE"),
    row("4323", "?", &[n(1)], "SIG REQUIRED"),
    row("4324", "?", &[n(6).date_or_month(), n(4).time()], "NOT BEF DEL DT"),
    row("4325", "?", &[n(6).date_or_month(), n(4).time()], "NOT AFT DEL DT"),
    row("4326", "?", &[n(6).date()], "REL DATE"),
    row("4330", "?", &[n(6), x(1).optional()], "MAX TEMP F."),
    row("4331", "?", &[n(6), x(1).optional()], "MAX TEMP C."),
    row("4332", "?", &[n(6), x(1).optional()], "MIN TEMP F."),
    row("4333", "?", &[n(6), x(1).optional()], "MIN TEMP C."),
    row("7001", "?", &[n(13)], "NSN"),
    row("7002", "?", &[x_to(30)], "MEAT CUT"),
    row("7003", "?", &[n(6).date(), n(4).time()], "EXPIRY TIME"),
    row("7004", "?", &[n_to(4)], "ACTIVE POTENCY"),
    row("7005", "?", &[x_to(12)], "CATCH AREA"),
    row("7006", "?", &[n(6).date()], "FIRST FREEZE DATE"),
    row("7007", "?", &[n(6).date(), n(6).date().optional()], "HARVEST DATE"),
    row("7008", "?", &[x_to(3)], "AQUATIC SPECIES"),
    row("7009", "?", &[x_to(10)], "FISHING GEAR TYPE"),
    row("7010", "?", &[x_to(2)], "PROD METHOD"),
    row("7011", "?", &[n(6).date(), n(4).time().optional()], "TEST BY DATE"),
    row("7020", "?", &[x_to(20)], "REFURB LOT"),
    row("7021", "?", &[x_to(20)], "FUNC STAT"),
    row("7022", "?", &[x_to(20)], "REV STAT"),
    row("7023", "?", &[x_to(30)], "GIAI - ASSEMBLY"),
    row("7030", "?", &[n(3), x_to(27)], "PROCESSOR # 0"),
    row("7031", "?", &[n(3), x_to(27)], "PROCESSOR # 1"),
    row("7032", "?", &[n(3), x_to(27)], "PROCESSOR # 2"),
    row("7033", "?", &[n(3), x_to(27)], "PROCESSOR # 3"),
    row("7034", "?", &[n(3), x_to(27)], "PROCESSOR # 4"),
    row("7035", "?", &[n(3), x_to(27)], "PROCESSOR # 5"),
    row("7036", "?", &[n(3), x_to(27)], "PROCESSOR # 6"),
    row("7037", "?", &[n(3), x_to(27)], "PROCESSOR # 7"),
    row("7038", "?", &[n(3), x_to(27)], "PROCESSOR # 8"),
    row("7039", "?", &[n(3), x_to(27)], "PROCESSOR # 9"),
    row("7040", "", &[n(1), x(1), x(1), x(1)], "UIC+EXT"),
    row("7041", "", &[x_to(4)], "UFRGT UNIT TYPE"),
    row("710", "?", &[x_to(20)], "NHRN PZN"),
    row("711", "?", &[x_to(20)], "NHRN CIP"),
    row("712", "?", &[x_to(20)], "NHRN CN"),
    row("713", "?", &[x_to(20)], "NHRN DRN"),
    row("714", "?", &[x_to(20)], "NHRN AIM"),
    row("715", "?", &[x_to(20)], "NHRN NDC"),
    row("716", "?", &[x_to(20)], "NHRN AIC"),
    row("717", "?", &[x_to(20)], "NHRN SRN"),
    row("7230", "?", &[x(2), x_to(28)], "CERT # 1"),
    row("7231", "?", &[x(2), x_to(28)], "CERT # 2"),
    row("7232", "?", &[x(2), x_to(28)], "CERT # 3"),
    row("7233", "?", &[x(2), x_to(28)], "CERT # 4"),
    row("7234", "?", &[x(2), x_to(28)], "CERT # 5"),
    row("7235", "?", &[x(2), x_to(28)], "CERT # 6"),
    row("7236", "?", &[x(2), x_to(28)], "CERT # 7"),
    row("7237", "?", &[x(2), x_to(28)], "CERT # 8"),
    row("7238", "?", &[x(2), x_to(28)], "CERT # 9"),
    row("7239", "?", &[x(2), x_to(28)], "CERT # 10"),
    row("7240", "?", &[x_to(20)], "PROTOCOL"),
    row("7241", "?", &[n(2)], "AIDC MEDIA TYPE"),
    row("7242", "?", &[x_to(25)], "VCN"),
    row("7250", "?", &[n(8).long_date()], "DOB"),
    row("7251", "?", &[n(8).long_date(), n(4).time()], "DOB TIME"),
    row("7252", "?", &[n(1)], "BIO SEX"),
    row("7253", "?", &[x_to(40)], "FAMILY NAME"),
    row("7254", "?", &[x_to(40)], "GIVEN NAME"),
    row("7255", "?", &[x_to(10)], "SUFFIX"),
    row("7256", "?", &[x_to(90)], "FULL NAME"),
    row("7257", "?", &[x_to(70)], "PERSON ADDR"),
    row("7258", "?", &[x(3)], "BIRTH SEQUENCE"),
    row("7259", "?", &[x_to(40)], "BABY"),
    row("8001", "?", &[n(4), n(5), n(3), n(1), n(1)], "DIMENSIONS"),
    row("8002", "?", &[x_to(20)], "CMT No."),
    row("8003", "?", &[n(1), n(13).check_digit(), x_to(16).optional()], "GRAI"),
    row("8004", "?", &[x_to(30)], "GIAI"),
    row("8005", "?", &[n(6)], "PRICE PER UNIT"),
    row("8006", "?", &[n(14).check_digit(), n(4)], "ITIP"),
    row("8007", "?", &[x_to(34)], "IBAN"),
    row("8008", "?", &[n(6).date(), n(2), n(2).optional(), n(2).optional()], "PROD TIME"),
    row("8009", "?", &[x_to(50)], "OPTSEN"),
    row("8010", "?", &[y_to(30)], "CPID"),
    row("8011", "", &[n_to(12)], "CPID SERIAL"),
    row("8012", "?", &[x_to(20)], "VERSION"),
    row("8013", "?", &[x_to(25)], "GMN"),
    row("8014", "", &[x_to(25)], "MUDI"),
    row("8017", "?", &[n(18).check_digit()], "GSRN - PROVIDER"),
    row("8018", "?", &[n(18).check_digit()], "GSRN - RECIPIENT"),
    row("8019", "", &[n_to(10)], "SRIN"),
    row("8020", "", &[x_to(25)], "REF No."),
    row("8026", "?", &[n(14).check_digit(), n(4)], "ITIP CONTENT"),
    row("8030", "?", &[z_to(90)], "DIGSIG"),
    row("8040", "", &[n(15)], "IMEI"),
    row("8041", "", &[n(15)], "IMEI2"),
    row("8042", "", &[n(32)], "ESIM"),
    row("8043", "", &[n(18), n_to(2).optional()], "PSIM"),
    row("8110", "?", &[x_to(70)], ""),
    row("8111", "?", &[n(4)], "POINTS"),
    row("8112", "?", &[x_to(70)], ""),
    row("8200", "", &[x_to(70)], "PRODUCT URL"),
    row("90", "?", &[x_to(30)], "INTERNAL"),
    row("91-99", "?", &[x_to(90)], "INTERNAL"),
];

/// One row of the table.
pub(super) struct Definition {
    pub(super) digits: u8,
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) predefined: bool,
    pub(super) attribute: bool,
    pub(super) parts: &'static [Part],
    pub(super) title: &'static str,
}

/// One part of a data field; only the last may vary in length.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) set: CharacterSet,
    pub(super) min: u8,
    pub(super) max: u8,
    pub(super) optional: bool,
    pub(super) rule: Rule,
}

/// What a part must satisfy beyond its characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    None,
    CheckDigit,
    DateOrMonth,
    Date,
    LongDate,
    Time,
}

/// A row as the dictionary writes it: `12` or `3100-3105`, flags, parts, title.
const fn row(ais: &'static str, flags: &'static str, parts: &'static [Part], title: &'static str) -> Definition {
    let bytes = ais.as_bytes();
    let mut digits = 0;
    while digits < bytes.len() && bytes[digits] != b'-' {
        digits += 1;
    }
    let (first, rest) = bytes.split_at(digits);
    let last = if let [_, last @ ..] = rest { last } else { first };
    let (Some(first), Some(last)) = (number(first), number(last)) else { panic!("an identifier is digits") };
    Definition {
        digits: digits as u8,
        first,
        last,
        predefined: contains(flags, b'*'),
        attribute: contains(flags, b'?'),
        parts,
        title,
    }
}

/// The number that up to four digits write.
pub(super) const fn number(digits: &[u8]) -> Option<u16> {
    let mut number = 0;
    let mut at = 0;
    if digits.len() > 4 {
        return None;
    }
    while at < digits.len() {
        if !digits[at].is_ascii_digit() {
            return None;
        }
        number = number * 10 + (digits[at] - b'0') as u16;
        at += 1;
    }
    Some(number)
}

const fn contains(text: &str, byte: u8) -> bool {
    let mut at = 0;
    while at < text.len() {
        if text.as_bytes()[at] == byte {
            return true;
        }
        at += 1;
    }
    false
}

/// Exactly `length` digits.
const fn n(length: u8) -> Part {
    part(CharacterSet::Numeric, length, length)
}

/// One to `length` digits.
const fn n_to(length: u8) -> Part {
    part(CharacterSet::Numeric, 1, length)
}

/// Exactly `length` characters of set 82.
const fn x(length: u8) -> Part {
    part(CharacterSet::Set82, length, length)
}

/// One to `length` characters of set 82.
const fn x_to(length: u8) -> Part {
    part(CharacterSet::Set82, 1, length)
}

/// One to `length` characters of set 39.
const fn y_to(length: u8) -> Part {
    part(CharacterSet::Set39, 1, length)
}

/// One to `length` characters of base64url.
const fn z_to(length: u8) -> Part {
    part(CharacterSet::Base64Url, 1, length)
}

const fn part(set: CharacterSet, min: u8, max: u8) -> Part {
    Part { set, min, max, optional: false, rule: Rule::None }
}

impl Part {
    /// May be left out, with all parts behind it.
    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The last digit checks the others.
    const fn check_digit(self) -> Self {
        Self { rule: Rule::CheckDigit, ..self }
    }

    /// `YYMMDD`, where day 00 is the last of the month.
    const fn date_or_month(self) -> Self {
        Self { rule: Rule::DateOrMonth, ..self }
    }

    /// `YYMMDD`, an exact day.
    const fn date(self) -> Self {
        Self { rule: Rule::Date, ..self }
    }

    /// `YYYYMMDD`.
    const fn long_date(self) -> Self {
        Self { rule: Rule::LongDate, ..self }
    }

    /// `HHMM`.
    const fn time(self) -> Self {
        Self { rule: Rule::Time, ..self }
    }
}
