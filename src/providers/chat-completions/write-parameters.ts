import type { AttemptNote } from '../../contracts/generation.ts';
import type { ProviderRequest } from '../provider.ts';
import type { ChatParameter, ParameterRule, ParameterTable } from './dialect.ts';

export interface WrittenParameters {
  /** Fields of the body. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Which parameter a field carries. */
  readonly parameterOf: ReadonlyMap<string, ChatParameter>;
  readonly notes: readonly AttemptNote[];
}

const PARAMETERS: readonly ChatParameter[] = [
  'maxTokens',
  'temperature',
  'topP',
  'topK',
  'minP',
  'seed',
  'repetitionPenalty',
  'frequencyPenalty',
  'presencePenalty',
  'stop',
  'responseFormat',
];

/** Values that change nothing: that an endpoint lacks the parameter is then no news. */
const NEUTRAL: Readonly<Partial<Record<ChatParameter, number>>> = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

/** The parameters that a request gives, as the endpoint's table writes them. */
export function writeParameters(request: ProviderRequest, table: ParameterTable): WrittenParameters {
  const fields: Record<string, unknown> = {};
  const parameterOf = new Map<string, ChatParameter>();
  const notes: AttemptNote[] = [];
  for (const parameter of PARAMETERS) {
    const value: unknown = request[parameter];
    if (value === undefined || isEmptyList(value)) continue;
    const rule = table[parameter];
    if (!rule) {
      if (value !== NEUTRAL[parameter]) notes.push({ type: 'parameter-dropped', parameter });
      continue;
    }
    const written = write(value, rule);
    fields[rule.name] = written;
    parameterOf.set(rule.name, parameter);
    notes.push(...noteOf(parameter, value, written));
  }
  return { fields, parameterOf, notes };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function write(value: unknown, rule: ParameterRule): unknown {
  if (Array.isArray(value)) return (value as unknown[]).slice(0, rule.mostItems);
  if (typeof value !== 'number') return value;
  const clamped = Math.min(Math.max(value, rule.min ?? -Infinity), rule.max ?? Infinity);
  return rule.integer ? Math.round(clamped) : clamped;
}

function noteOf(parameter: ChatParameter, asked: unknown, written: unknown): readonly AttemptNote[] {
  const from = sizeOf(asked);
  const to = sizeOf(written);
  return from === to || from === undefined || to === undefined
    ? []
    : [{ type: 'parameter-clamped', parameter, from, to }];
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}
