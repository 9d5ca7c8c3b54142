"""Signals, from what is known of an account to the alert that somebody sees.

Looking: `looking` (one account), `scans` with `scan_budget` (all), `wanting` (after a change).
Finding: `facts` and `texts` (what is looked at), `detectors/` (rules), `model_detector`.
Settling: `merging`, `evidence`, `grading`, `severity` (pure); `lifecycle` raises and clears.
Telling: `alerts`, `readers` (whom), `alert_views`, `alert_actions`, `recommendations`, `sketches`.
Learning: `thresholds` with `threshold_rule`, `quality`, `replaying`. See docs/signals.md.
"""
