import type { Clock } from '../../contracts/ports.ts';
import type { DownloadProgress } from '../../contracts/weights.ts';

const MIN_INTERVAL_MS = 100;
/** Speed is the mean over this window. */
const SPEED_WINDOW_MS = 3_000;
const MIN_SPEED_SPAN_MS = 300;

/** Adds up what all files of one `ensure` report. */
export interface ProgressMeter {
  /** Bytes of one file that are on the device, checked or received, by now. */
  setFile(sha256: string, bytes: number): void;
  /** The same, counted as speed. */
  receive(sha256: string, bytes: number): void;
  /** `downloading` stays once any file is downloaded. */
  enter(phase: 'verifying' | 'downloading'): void;
  addRepaired(): void;
  /** Reports where things stand, unless it did so a moment ago. */
  report(): void;
  /** The last report, always sent. */
  finish(): void;
}

export function createProgressMeter(
  totalBytes: number,
  clock: Clock,
  onProgress: (progress: DownloadProgress) => void,
): ProgressMeter {
  const files = new Map<string, number>();
  const speed = createSpeedGauge(clock);
  let receivedBytes = 0;
  let repairedFiles = 0;
  let phase: DownloadProgress['phase'] = 'checking';
  let lastReportMs = -Infinity;

  function setFile(sha256: string, bytes: number): void {
    receivedBytes += bytes - (files.get(sha256) ?? 0);
    files.set(sha256, bytes);
    report();
  }

  function send(bytesPerSecond: number | null): void {
    lastReportMs = clock.monotonicMs();
    onProgress({ phase, receivedBytes, totalBytes, bytesPerSecond, repairedFiles });
  }

  function report(): void {
    if (clock.monotonicMs() - lastReportMs >= MIN_INTERVAL_MS) send(speed.bytesPerSecond());
  }

  return {
    setFile,
    receive(sha256, bytes) {
      // The first report of a file tells what a former visit had stored, and a restart falls back: neither is speed.
      const before = files.get(sha256);
      if (before !== undefined && bytes > before) speed.add(bytes - before);
      setFile(sha256, bytes);
    },
    enter(next) {
      if (phase !== 'downloading') phase = next;
    },
    addRepaired() {
      repairedFiles++;
    },
    report,
    finish() {
      phase = 'done';
      send(null);
    },
  };
}

function createSpeedGauge(clock: Clock): { add(bytes: number): void; bytesPerSecond(): number | null } {
  const samples: { atMs: number; bytes: number }[] = [];
  let startMs: number | null = null;
  return {
    add(bytes) {
      const atMs = clock.monotonicMs();
      startMs ??= atMs;
      const last = samples.at(-1);
      // Network pieces are small and many: one sample per 50 ms is enough.
      if (last && atMs - last.atMs < 50) last.bytes += bytes;
      else samples.push({ atMs, bytes });
    },
    bytesPerSecond() {
      const nowMs = clock.monotonicMs();
      while (samples[0] && nowMs - samples[0].atMs > SPEED_WINDOW_MS) samples.shift();
      const spanMs = startMs === null ? 0 : Math.min(nowMs - startMs, SPEED_WINDOW_MS);
      if (spanMs < MIN_SPEED_SPAN_MS) return null;
      return (samples.reduce((sum, sample) => sum + sample.bytes, 0) * 1000) / spanMs;
    },
  };
}
