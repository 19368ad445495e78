//! A real recording of a patient monitor as tab-delimited text: record 03700181 of PhysioNet (WFDB format 212), ten minutes of ECG, arterial
//! pressure and respiration.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Samples of a frame: four of the ECG (500 Hz), one of the pressure and one of the respiration (125 Hz).
pub(crate) const FRAME: usize = 6;
/// Frames in a second.
const RATE: f64 = 125.0;
/// What stands in the first line.
pub(crate) const COLUMNS: &str = "time_s\tMCL1_mV_1\tMCL1_mV_2\tMCL1_mV_3\tMCL1_mV_4\tABP_mmHg\tRESP\n";

/// The samples as they were digitised.
pub(crate) fn samples(data: &Path) -> io::Result<Vec<i32>> {
    let packed = std::fs::read(data.join("waveform/03700181.dat"))?;
    // Two samples of 12 bits, two's complement, in three bytes.
    let signed = |bits: i32| if bits >= 1 << 11 { bits - (1 << 12) } else { bits };
    let pair = |bytes: &[u8]| {
        let [low, mixed, high] = [bytes[0], bytes[1], bytes[2]].map(i32::from);
        [signed((mixed & 0x0f) << 8 | low), signed((mixed & 0xf0) << 4 | high)]
    };
    Ok(packed.chunks_exact(3).flat_map(pair).collect())
}

/// One line for each frame, the first of which is number `first` since the recording began.
pub(crate) fn rows(samples: &[i32], first: usize) -> String {
    let mut text = String::with_capacity(samples.len() * 10);
    for (place, frame) in samples.chunks_exact(FRAME).enumerate() {
        let time = (first + place) as f64 / RATE;
        let (ecg, pressure, breath) =
            (&frame[..4], (f64::from(frame[4]) + 1605.0) / 12.84, f64::from(frame[5]) / 2000.0);
        // Writing to a String cannot fail.
        let _ = write!(text, "{time:.3}");
        for sample in ecg {
            let _ = write!(text, "\t{:.4}", f64::from(*sample) / 2963.77);
        }
        let _ = writeln!(text, "\t{pressure:.1}\t{breath:.4}");
    }
    text
}
