import type { AttemptNote, GenerateResult } from '../../contracts/generation.ts';
import type { Messages } from '../i18n/en.ts';
import type { Formatters } from '../i18n/format.ts';

type Result = Omit<GenerateResult, 'text' | 'reasoning'>;

/** The line under a reply: tokens, time to the first, speed and, for cloud models, what it cost. */
export function replyFacts(result: Result, t: Messages, format: Formatters): string[] {
  const { usage, timing } = result;
  const tokens = t.track.tokens(usage.outputTokens, format.integer(usage.outputTokens));
  const facts = [
    usage.source === 'estimated' ? t.track.about(tokens) : tokens,
    t.track.toFirst(format.duration(timing.firstTokenMs)),
  ];
  if (timing.tokensPerSecond > 0) facts.push(t.track.speed(format.decimal(timing.tokensPerSecond)));
  const cost = result.provider === 'local' ? null : costWords(result, t, format);
  return cost === null ? facts : [...facts, cost];
}

/** Null where no price is known. */
export function costWords({ cost }: Pick<Result, 'cost'>, t: Messages, format: Formatters): string | null {
  if (cost.amount === null) return null;
  const money = format.money(cost.amount, cost.currency);
  return cost.source === 'estimated' ? t.track.about(money) : money;
}

/** What was not sent, or not answered, quite as asked. */
export function noteWords(note: AttemptNote, t: Messages, format: Formatters): string {
  const { notes } = t.track;
  switch (note.type) {
    case 'parameter-clamped':
      return notes.clamped(note.parameter, String(note.from), String(note.to));
    case 'parameter-dropped':
      return notes.dropped(note.parameter);
    case 'messages-joined':
      return notes.joined(note.count, format.integer(note.count));
    case 'malformed-event':
      return notes.malformed(note.count, format.integer(note.count));
    case 'budget-warning':
      return notes.overBudget(format.money(note.limit, note.currency));
  }
}
