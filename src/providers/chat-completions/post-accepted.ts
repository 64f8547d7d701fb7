import type { AttemptNote } from '../../contracts/generation.ts';
import type { ChatParameter } from './dialect.ts';
import { createRefusals, refusedField, type Refusals, type Remedies } from './refusals.ts';
import type { Transport } from './sdk-transport.ts';

/** A body whose fields may be refused one by one. */
export interface OfferedBody {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Which parameter of the request a field carries; the others are ours and no news when they go. */
  readonly parameterOf: ReadonlyMap<string, ChatParameter>;
}

export interface AcceptedAnswer {
  readonly response: Response;
  /** What the endpoint refused, now or earlier. */
  readonly notes: readonly AttemptNote[];
}

/** What every model refused so far in the life of this hub. */
const refusals = createRefusals();

/** More than the parameters that any request has. */
const MOST_ROUNDS = 8;

/**
 * Sends a body; where the endpoint refuses one of its fields, once more without it, or under its other name, and so on
 * while each refusal is about another field. What is learned is remembered for the model. Throws the classified error.
 */
export async function postAccepted(
  transport: Transport,
  url: string,
  offered: OfferedBody,
  signal: AbortSignal,
  memory: Refusals = refusals,
): Promise<AcceptedAnswer> {
  const endpoint = `${url} ${String(offered.fields['model'])}`;
  for (let round = 1; ; round += 1) {
    const { fields, dropped } = withRemedies(offered.fields, memory.remediesOf(endpoint));
    const answer = await transport.post(url, fields, signal);
    if (answer.ok) return { response: answer.response, notes: notesOf(dropped, offered.parameterOf) };
    const refused = refusedField(answer.failure, answer.found, fields);
    if (!refused || round === MOST_ROUNDS) throw answer.error;
    memory.remember(endpoint, refused.field, refused.remedy);
  }
}

function withRemedies(
  offered: Readonly<Record<string, unknown>>,
  remedies: Remedies,
): { readonly fields: Readonly<Record<string, unknown>>; readonly dropped: readonly string[] } {
  const fields: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [field, value] of Object.entries(offered)) {
    const name = remediedName(field, remedies);
    if (name === null) dropped.push(field);
    else fields[name] = value;
  }
  return { fields, dropped };
}

/** The name under which a field is taken; null when every name of it was refused. */
function remediedName(field: string, remedies: Remedies): string | null {
  const refused = new Set<string>();
  let name = field;
  for (;;) {
    const remedy = remedies.get(name);
    if (remedy === undefined) return name;
    refused.add(name);
    if (remedy === null || refused.has(remedy)) return null;
    name = remedy;
  }
}

function notesOf(dropped: readonly string[], parameterOf: OfferedBody['parameterOf']): readonly AttemptNote[] {
  return dropped.flatMap((field) => {
    const parameter = parameterOf.get(field);
    return parameter === undefined ? [] : [{ type: 'parameter-dropped' as const, parameter }];
  });
}
