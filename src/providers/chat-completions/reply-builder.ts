import type { AttemptNote, FinishReason, Usage } from '../../contracts/generation.ts';
import type { ProviderPart, ProviderReply } from '../provider.ts';

/** What one event of a stream, or a whole answer, says; what it does not say is left out. */
export interface ReplyStep {
  readonly text?: string;
  readonly reasoning?: string;
  /** All text is taken back. */
  readonly retracted?: boolean;
  readonly finishReason?: FinishReason | undefined;
  readonly usage?: Omit<Usage, 'source'> | undefined;
  readonly servedModel?: string | undefined;
  readonly id?: string | undefined;
  /** It tells of a failure. */
  readonly failed?: boolean;
  /** Nothing comes after it. */
  readonly ended?: boolean;
}

/** A reply as it grows. */
export interface ReplyBuilder {
  /** The parts that a step makes. */
  take(step: ReplyStep): readonly ProviderPart[];
  note(note: AttemptNote): ProviderPart;
  text(): string;
  reasoning(): string;
  /** Whether any text or reasoning arrived. */
  hasBegun(): boolean;
  /** The reply; undefined while no reason to finish is known. */
  finished(): ProviderReply | undefined;
}

export function createReplyBuilder(requestId: string | undefined): ReplyBuilder {
  const notes: AttemptNote[] = [];
  let text = '';
  let reasoning = '';
  let begun = false;
  let retracted = false;
  let known: Pick<ReplyStep, 'finishReason' | 'usage' | 'servedModel' | 'id'> = {};

  const learn = ({ finishReason, usage, servedModel, id }: ReplyStep): void => {
    known = {
      finishReason: retracted ? 'content-filter' : (finishReason ?? known.finishReason),
      usage: usage ?? known.usage,
      servedModel: known.servedModel ?? servedModel,
      id: known.id ?? id,
    };
  };

  return {
    take(step) {
      const parts: ProviderPart[] = [];
      if (step.reasoning) {
        reasoning += step.reasoning;
        parts.push({ type: 'reasoning-delta', text: step.reasoning });
      }
      if (step.text && !retracted) {
        text += step.text;
        parts.push({ type: 'text-delta', text: step.text });
      }
      begun ||= parts.length > 0;
      if (step.retracted === true && !retracted) {
        retracted = true;
        if (text !== '') parts.push({ type: 'text-replaced', text: '' });
        text = '';
      }
      learn(step);
      return parts;
    },
    note(note) {
      notes.push(note);
      return { type: 'note', note };
    },
    text: () => text,
    reasoning: () => reasoning,
    hasBegun: () => begun,
    finished() {
      const { finishReason, usage, servedModel, id } = known;
      if (finishReason === undefined) return undefined;
      const answered = requestId ?? id;
      return {
        text,
        ...(reasoning === '' ? {} : { reasoning }),
        finishReason,
        ...(usage === undefined ? {} : { usage }),
        notes: [...notes],
        ...(servedModel === undefined ? {} : { servedModel }),
        ...(answered === undefined ? {} : { requestId: answered }),
      };
    },
  };
}
