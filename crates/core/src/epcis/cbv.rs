//! The Core Business Vocabulary, CBV 2.0, §7: the words that an event says what happened with.
//!
//! In JSON a standard word stands bare (`shipping`); whoever needs a word of his own writes a full URI. A bare word that the
//! standard does not have is refused. The full URIs of standard words (`https://ref.gs1.org/cbv/BizStep-shipping`) and the URNs
//! of earlier releases (`urn:epcglobal:cbv:bizstep:shipping`) are read as the word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A list of standard words.
pub trait Word: Copy + Eq + 'static {
    /// What these words say, for messages.
    const KIND: &'static str;
    /// Begins the URI of such a word.
    const URI: &'static str;
    /// Began the URN of such a word in earlier releases; empty where there was none.
    const URN: &'static str;

    /// All of them.
    fn all() -> &'static [Self];

    /// As it stands in JSON.
    fn word(self) -> &'static str;

    /// The word that is written so.
    fn of(text: &str) -> Option<Self> {
        Self::all().iter().copied().find(|word| word.word() == text)
    }
}

/// A standard word, or a URI of a vocabulary that users agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term<W> {
    /// A word of the standard.
    Standard(W),
    /// A full URI, or one that is shortened by a prefix of the document's context.
    User(String),
}

/// A bare word that the standard does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {kind} of CBV 2.0: use a standard one ({}), or the full URI of your own", .standard.join(", "))]
pub struct UnknownWord {
    /// The word.
    pub word: String,
    /// What it should say.
    pub kind: &'static str,
    /// What it could be.
    pub standard: Vec<&'static str>,
}

impl<W: Word> FromStr for Term<W> {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let short = text.strip_prefix(W::URI).or_else(|| text.strip_prefix(W::URN).filter(|_| !W::URN.is_empty()));
        if let Some(word) = W::of(short.unwrap_or(text)) {
            return Ok(Self::Standard(word));
        }
        match text.contains(':') {
            true => Ok(Self::User(text.to_owned())),
            false => Err(UnknownWord {
                word: text.to_owned(),
                kind: W::KIND,
                standard: W::all().iter().map(|word| word.word()).collect(),
            }),
        }
    }
}

impl<W: Word> fmt::Display for Term<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(word) => f.write_str(word.word()),
            Self::User(uri) => f.write_str(uri),
        }
    }
}

impl<W: Word> From<W> for Term<W> {
    fn from(word: W) -> Self {
        Self::Standard(word)
    }
}

impl<W: Word> Serialize for Term<W> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de, W: Word> Deserialize<'de> for Term<W> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $kind:literal, $uri:literal, $urn:literal; $($variant:ident $word:literal)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
        }

        impl Word for $name {
            const KIND: &'static str = $kind;
            const URI: &'static str = $uri;
            const URN: &'static str = $urn;

            fn all() -> &'static [Self] {
                &[$(Self::$variant),*]
            }

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// The step of the business process in which the event happened (§7.1).
    BizStep: "business step", "https://ref.gs1.org/cbv/BizStep-", "urn:epcglobal:cbv:bizstep:";
    Accepting "accepting"
    Arriving "arriving"
    Assembling "assembling"
    Collecting "collecting"
    Commissioning "commissioning"
    Consigning "consigning"
    CreatingClassInstance "creating_class_instance"
    CycleCounting "cycle_counting"
    Decommissioning "decommissioning"
    Departing "departing"
    Destroying "destroying"
    Disassembling "disassembling"
    Dispensing "dispensing"
    Encoding "encoding"
    EnteringExiting "entering_exiting"
    Holding "holding"
    Inspecting "inspecting"
    Installing "installing"
    Killing "killing"
    Loading "loading"
    Other "other"
    Packing "packing"
    Picking "picking"
    Receiving "receiving"
    Removing "removing"
    Repackaging "repackaging"
    Repairing "repairing"
    Replacing "replacing"
    Reserving "reserving"
    RetailSelling "retail_selling"
    Sampling "sampling"
    SensorReporting "sensor_reporting"
    Shipping "shipping"
    StagingOutbound "staging_outbound"
    StockTaking "stock_taking"
    Stocking "stocking"
    Storing "storing"
    Transporting "transporting"
    Unloading "unloading"
    Unpacking "unpacking"
    VoidShipping "void_shipping"
}

words! {
    /// The business condition of the things, after the event (§7.2).
    Disposition: "disposition", "https://ref.gs1.org/cbv/Disp-", "urn:epcglobal:cbv:disp:";
    Active "active"
    Available "available"
    CompletenessInferred "completeness_inferred"
    CompletenessVerified "completeness_verified"
    Conformant "conformant"
    ContainerClosed "container_closed"
    ContainerOpen "container_open"
    Damaged "damaged"
    Destroyed "destroyed"
    Dispensed "dispensed"
    Disposed "disposed"
    Encoded "encoded"
    Expired "expired"
    InProgress "in_progress"
    InTransit "in_transit"
    Inactive "inactive"
    MismatchClass "mismatch_class"
    MismatchInstance "mismatch_instance"
    MismatchQuantity "mismatch_quantity"
    NeedsReplacement "needs_replacement"
    NoPedigreeMatch "no_pedigree_match"
    NonConformant "non_conformant"
    NonSellableOther "non_sellable_other"
    PartiallyDispensed "partially_dispensed"
    Recalled "recalled"
    Reserved "reserved"
    RetailSold "retail_sold"
    Returned "returned"
    SellableAccessible "sellable_accessible"
    SellableNotAccessible "sellable_not_accessible"
    Stolen "stolen"
    Unavailable "unavailable"
    Unknown "unknown"
}

words! {
    /// What kind of business document an event belongs to (§7.3).
    BizTransactionType: "business transaction type", "https://ref.gs1.org/cbv/BTT-", "urn:epcglobal:cbv:btt:";
    BillOfLading "bol"
    Certificate "cert"
    DespatchAdvice "desadv"
    Invoice "inv"
    Pedigree "pedigree"
    PurchaseOrder "po"
    PurchaseOrderConfirmation "poc"
    ProductionOrder "prodorder"
    ReceivingAdvice "recadv"
    ReturnAuthorisation "rma"
    TestProcedure "testprd"
    TestResult "testres"
    UploadEvent "upevt"
}

words! {
    /// In which quality somebody gives or gets (§7.4).
    SourceDestType: "source or destination type", "https://ref.gs1.org/cbv/SDT-", "urn:epcglobal:cbv:sdt:";
    OwningParty "owning_party"
    PossessingParty "possessing_party"
    Location "location"
}

words! {
    /// Why an earlier event was wrong (§7.5).
    ErrorReason: "error reason", "https://ref.gs1.org/cbv/ER-", "urn:epcglobal:cbv:er:";
    DidNotOccur "did_not_occur"
    IncorrectData "incorrect_data"
}

words! {
    /// What a sensor measured (§7.6); also what GS1's web vocabulary calls it.
    MeasurementType: "measurement type", "https://gs1.org/voc/", "";
    AbsoluteHumidity "AbsoluteHumidity"
    AbsorbedDose "AbsorbedDose"
    AbsorbedDoseRate "AbsorbedDoseRate"
    Acceleration "Acceleration"
    Altitude "Altitude"
    AmountOfSubstance "AmountOfSubstance"
    AmountOfSubstancePerUnitVolume "AmountOfSubstancePerUnitVolume"
    Angle "Angle"
    AngularAcceleration "AngularAcceleration"
    AngularMomentum "AngularMomentum"
    AngularVelocity "AngularVelocity"
    Area "Area"
    Capacitance "Capacitance"
    Conductance "Conductance"
    Conductivity "Conductivity"
    Count "Count"
    Density "Density"
    Dimensionless "Dimensionless"
    DoseEquivalent "DoseEquivalent"
    DoseEquivalentRate "DoseEquivalentRate"
    DynamicViscosity "DynamicViscosity"
    ElectricCharge "ElectricCharge"
    ElectricCurrent "ElectricCurrent"
    ElectricCurrentDensity "ElectricCurrentDensity"
    ElectricFieldStrength "ElectricFieldStrength"
    Energy "Energy"
    Exposure "Exposure"
    Force "Force"
    Frequency "Frequency"
    Illuminance "Illuminance"
    Inductance "Inductance"
    Irradiance "Irradiance"
    KinematicViscosity "KinematicViscosity"
    Length "Length"
    LinearMomentum "LinearMomentum"
    Luminance "Luminance"
    LuminousFlux "LuminousFlux"
    LuminousIntensity "LuminousIntensity"
    MagneticFlux "MagneticFlux"
    MagneticFluxDensity "MagneticFluxDensity"
    MagneticVectorPotential "MagneticVectorPotential"
    Mass "Mass"
    MassConcentration "MassConcentration"
    MassFlowRate "MassFlowRate"
    MassPerAreaTime "MassPerAreaTime"
    MemoryCapacity "MemoryCapacity"
    MolalityOfSolute "MolalityOfSolute"
    MolarEnergy "MolarEnergy"
    MolarMass "MolarMass"
    MolarVolume "MolarVolume"
    Power "Power"
    Pressure "Pressure"
    RadiantFlux "RadiantFlux"
    RadiantIntensity "RadiantIntensity"
    Radioactivity "Radioactivity"
    RelativeHumidity "RelativeHumidity"
    Resistance "Resistance"
    Resistivity "Resistivity"
    SolidAngle "SolidAngle"
    SpecificVolume "SpecificVolume"
    Speed "Speed"
    SurfaceDensity "SurfaceDensity"
    SurfaceTension "SurfaceTension"
    Temperature "Temperature"
    Time "Time"
    Torque "Torque"
    Voltage "Voltage"
    Volume "Volume"
    VolumeFlowRate "VolumeFlowRate"
    VolumeFraction "VolumeFraction"
    VolumetricFlux "VolumetricFlux"
    Wavenumber "Wavenumber"
}

words! {
    /// That a sensor raised an alarm or failed (§7.6).
    SensorAlertType: "sensor alert", "https://gs1.org/voc/", "";
    AlarmCondition "ALARM_CONDITION"
    ErrorCondition "ERROR_CONDITION"
}

words! {
    /// Which part of a measured vector or position a value is (§7.6).
    Component: "component", "https://ref.gs1.org/cbv/Comp-", "";
    X "x"
    Y "y"
    Z "z"
    AxialDistance "axial_distance"
    Azimuth "azimuth"
    Height "height"
    SphericalRadius "spherical_radius"
    PolarAngle "polar_angle"
    ElevationAngle "elevation_angle"
    Easting "easting"
    Northing "northing"
    Latitude "latitude"
    Longitude "longitude"
    Altitude "altitude"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_standard_word_is_that_word() {
        for word in BizStep::all() {
            for text in [word.word().to_owned(), format!("{}{}", BizStep::URI, word.word())] {
                assert_eq!(text.parse(), Ok(Term::Standard(*word)));
            }
        }
        assert_eq!("urn:epcglobal:cbv:disp:active".parse(), Ok(Term::Standard(Disposition::Active)));
        assert_eq!("x".parse(), Ok(Term::Standard(Component::X)));
    }

    #[test]
    fn own_words_are_full_uris() {
        let own = "https://example.com/vocabulary/sterilising";
        assert_eq!(own.parse::<Term<BizStep>>(), Ok(Term::User(own.to_owned())));
        let error = "did_occur".parse::<Term<ErrorReason>>().unwrap_err().to_string();
        assert_eq!(
            error,
            "`did_occur` is no error reason of CBV 2.0: use a standard one (did_not_occur, incorrect_data), or the full \
             URI of your own"
        );
    }
}
