//! Metrics in Prometheus' text format, version 0.0.4.

use std::fs;
use std::sync::OnceLock;

use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::runtime::Handle;

/// Upper ends of histograms, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts counting. What is counted before is lost; a process counts once, however many relays it runs.
pub fn start() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS).expect("there are buckets");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // What fails is to be the second of a process, whose metrics are then another's to show.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

/// All metrics, as Prometheus reads them.
pub fn render() -> String {
    gauge!("lectern_tasks").set(Handle::current().metrics().num_alive_tasks() as f64);
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!("lectern_open_files").set(files.count() as f64);
    }
    if let Some(bytes) = resident() {
        gauge!("lectern_resident_bytes").set(bytes);
    }
    start().render()
}

/// Puts samples in order that have come since the last time, which otherwise take more and more memory.
pub fn tidy() {
    start().run_upkeep();
}

fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
