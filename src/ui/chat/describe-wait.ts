import type { WaitProgress } from '../../contracts/generation.ts';
import { isErrorCode } from '../../errors/index.ts';
import type { Messages } from '../i18n/en.ts';
import type { Formatters } from '../i18n/format.ts';

export interface WaitDescription {
  readonly text: string;
  /** Bytes, speed and time left. */
  readonly facts: string | null;
  /** 0 to 1; null where no end is known. */
  readonly fraction: number | null;
}

/** A wait in the person's words, with the figures that are known and none that are not. */
export function describeWait(progress: WaitProgress, t: Messages, format: Formatters): WaitDescription {
  switch (progress.phase) {
    case 'queued':
      return { text: t.wait.queued(progress.place, format.integer(progress.place)), facts: null, fraction: null };
    case 'download':
      return {
        text: t.wait.downloading,
        facts: downloadFacts(progress, t, format),
        fraction: share(progress.receivedBytes, progress.totalBytes),
      };
    case 'load':
      return { text: t.wait.loading(format.percent(progress.fraction)), facts: null, fraction: progress.fraction };
    case 'prefill':
      return {
        text: t.wait.reading(format.integer(progress.processedTokens), format.integer(progress.totalTokens)),
        facts: null,
        fraction: share(progress.processedTokens, progress.totalTokens),
      };
    case 'retrying':
      return {
        text: t.wait.retrying(errorTitle(progress.code, t), timeLeft(progress.waitMs / 1000, t, format)),
        facts: null,
        fraction: null,
      };
  }
}

function errorTitle(code: string, t: Messages): string {
  return (isErrorCode(code) ? t.errors[code] : t.unknownError).title;
}

function downloadFacts(
  progress: Extract<WaitProgress, { phase: 'download' }>,
  t: Messages,
  format: Formatters,
): string {
  const { receivedBytes, totalBytes, bytesPerSecond } = progress;
  const facts = [t.wait.bytes(format.bytes(receivedBytes), format.bytes(totalBytes))];
  if (bytesPerSecond !== null && bytesPerSecond > 0) {
    facts.push(t.wait.speed(format.bytes(bytesPerSecond)));
    facts.push(t.wait.timeLeft(timeLeft((totalBytes - receivedBytes) / bytesPerSecond, t, format)));
  }
  return facts.join(' · ');
}

function timeLeft(seconds: number, t: Messages, format: Formatters): string {
  const rounded = Math.max(1, Math.ceil(seconds));
  if (rounded < 90) return t.wait.seconds(rounded, format.integer(rounded));
  const minutes = Math.ceil(rounded / 60);
  return t.wait.minutes(minutes, format.integer(minutes));
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}
